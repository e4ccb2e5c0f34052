// The compiler's interface of 0.18 over that of 0.28: a callback for a promise, an option that as-loader does not know,
// and silence about vectors as arguments (AS112), which only concerns functions that JavaScript calls.

const EXCHANGE_OF_VECTORS = 112;

const compiler = import("asc-current/asc");

exports.ready = compiler;

exports.main = async (args, host, callback) => {
  const reportDiagnostic = (diagnostic) => {
    if (diagnostic.code !== EXCHANGE_OF_VECTORS) host.reportDiagnostic(diagnostic);
  };
  const { main } = await compiler;
  const { error } = await main([...args, "--use", "abort="], { ...host, reportDiagnostic });
  callback(error);
};

exports.createMemoryStream = () => {
  const chunks = [];
  return { write: (chunk) => chunks.push(Buffer.from(chunk)), toString: () => Buffer.concat(chunks).toString() };
};
