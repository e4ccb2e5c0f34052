// as-loader 0.7.1 wants assemblyscript 0.18. This folder stands in its place and passes the work on to the current one.

exports.DiagnosticCategory = { PEDANTIC: 0, INFO: 1, WARNING: 2, ERROR: 3 };
