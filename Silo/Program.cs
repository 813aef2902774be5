using System.CommandLine;
using Tributary.Silo;

// The host answers signals: it needs longer than the command line would wait before it ends the process.
return await SiloCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
