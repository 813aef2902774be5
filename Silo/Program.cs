using Microsoft.Extensions.Logging;
using Tributary.Runtime.Store;
using Tributary.Silo;
using Tributary.Silo.Configuration;
using Tributary.Silo.Demo;
using Tributary.Silo.Hosting;

const int CouldNotRun = 1;
const int WrongConfiguration = 2;

var parsed = new CommandLine(RunAsync).Root.Parse(args);
var code = await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? WrongConfiguration : code;

static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
{
    try
    {
        var settings = SettingsLoader.Load(arguments.ConfigFile, Environment.GetEnvironmentVariables(), arguments.Values);
        if (arguments.IsDemo)
            settings = DemoFiles.AddDefinitions(settings);
        using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, settings));
        using var signal = new StopSignal();
        try
        {
            await new Server(settings, arguments.IsDemo, TimeProvider.System, loggers).RunAsync(signal.Token);
        }
        catch (OperationCanceledException) when (signal.Token.IsCancellationRequested)
        {
            // Told to stop before it was ready: that is an orderly end as well.
        }

        return 0;
    }
    catch (ConfigException error)
    {
        await Console.Error.WriteLineAsync("tributary: the configuration is wrong:");
        foreach (var one in error.Errors)
            await Console.Error.WriteLineAsync("  " + one);
        return WrongConfiguration;
    }
    catch (Exception error) when (error is StoreException or IOException or TimeoutException)
    {
        await Console.Error.WriteLineAsync("tributary: " + error.Message.ReplaceLineEndings(" "));
        return CouldNotRun;
    }
}
