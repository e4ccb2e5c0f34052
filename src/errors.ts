// The one error class for the user's mistakes. Anything else that is thrown is a bug and shows its stack.

/** Stable identifiers of everything a user can get wrong. Messages may change between releases, codes do not. */
export type ErrorCode =
  | "E_USAGE" // unknown command or option of the command line
  | "E_OPTION" // an option's value is not usable
  | "E_FILE_MISSING" // there is no such file
  | "E_FILE_EXISTS" // the output exists already and --force was not given
  | "E_FILE_READ" // the file cannot be read
  | "E_FILE_WRITE" // the file cannot be written
  | "E_FILE_TYPE" // not a kind of file this command reads
  | "E_NOT_HDF5" // not an HDF5 file; the message says what it is
  | "E_HDF5_DAMAGED" // truncated or malformed HDF5
  | "E_HDF5_REFUSED" // external links, external storage, virtual datasets, unknown filters
  | "E_HDF5_MISSING" // no dataset of the wanted name
  | "E_HDF5_TYPE" // a dataset of a type that cannot be read as numbers or labels
  | "E_TOO_LARGE" // declared size over the limit
  | "E_COUNT" // pictures and labels of different counts
  | "E_EMPTY" // no examples
  | "E_LABELS" // labels that are not classes
  | "E_SINGLE_CLASS" // all labels are the same
  | "E_FEATURES" // another number of features than the network or the training set has
  | "E_CLASSES" // other class names than the network or the training set has
  | "E_NOT_FINITE_DATA" // NaN or infinity in the inputs or targets
  | "E_IDX" // not a usable idx file
  | "E_IMAGE" // a picture that cannot be decoded
  | "E_ROWS" // rows that cannot be read as numbers
  | "E_TABLE" // a table, or a column of it, that cannot be read or used
  | "E_MAT" // MATLAB files before 7.3 that cannot be read
  | "E_NPY" // NumPy arrays that cannot be read
  | "E_MODEL" // not a usable model file
  | "E_CHECKPOINT" // not a checkpoint of this training
  | "E_CHECKPOINT_DAMAGED" // a checkpoint that is cut, or has other bytes than were written
  | "E_NOT_FINITE" // training produced NaN or infinity, or weights to be saved hold it
  | "E_MEMORY" // the plan needs more memory than there is
  | "E_PORT" // the port to listen on cannot be had
  | "E_BACKEND" // the engine cannot run the wanted backend
  | "E_THREADS" // threads are wanted and there can be none
  | "E_WORKER" // a thread ended before its work was done
  | "E_DISPOSED"; // used after dispose()

/**
 * A mistake of the user, told in one sentence: who, what it got, what it wanted, what to do.
 *
 * @example throw new InputError("E_EMPTY", `readHdf5: train_set_x has no examples; pass a file with at least one.`)
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What is wrong, without what to do: the beginning of another sentence. */
export const problemIn = ({ message }: InputError): string => message.replace(/;[^;]*$/, "");
