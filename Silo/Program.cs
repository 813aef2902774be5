using Tributary;
using Tributary.Connectors.Configuration;
using Tributary.Silo;
using Tributary.Silo.Commands;
using Tributary.Silo.Configuration;
using Tributary.Silo.Demo;
using Tributary.Silo.Hosting;
using Tributary.Silo.Hosting.Lifetime;

// A default limit for regular expressions without a limit of their own: none in this process, not even one of a
// library, uses a core for ever.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(10));

// No error should reach this handler. An error that does is reported in order, and leaves no memory dump on the disk.
AppDomain.CurrentDomain.UnhandledException += static (_, unhandled) =>
{
    Console.Error.WriteLine($"tributary: an error that nothing expected:\n{unhandled.ExceptionObject}");
    Environment.Exit(ExitCodes.Broken);
};

var parsed = new CommandLine(RunAsync, DrainAsync).Root.Parse(args);
var code = await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? ExitCodes.WrongConfiguration : code;

static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellation)
{
    using var stop = new StopSignal();
    try
    {
        var config = ConfigLoader.Load(arguments.ConfigFile, Environment.GetEnvironmentVariables(), arguments.Values);
        if (arguments.IsDemo && !config.Roles.HasFlag(Roles.Silo))
            throw new ConfigException([
                new ConfigError(
                    "option --demo", "roles", "the role api only",
                    "the role silo as well, which takes what the demo loads"),
            ]);
        Exception? failed;
        await using (var app = arguments.IsDemo
            ? await SiloApp.StartAsync(DemoFiles.AddDefinitions(config), DemoLoader.RunAsync, stop.Token)
            : await SiloApp.StartAsync(config, stop.Token))
        {
            await Task.WhenAny(stop.WaitAsync(), app.Failed);
            await app.StopAsync();
            failed = app.Failed.IsCompleted ? await app.Failed : null;
        }

        // After all lines of the log: the last line is the reason.
        return failed is null ? ExitCodes.Success : await EndAsync(failed);
    }
    catch (ConfigException error)
    {
        await Console.Error.WriteLineAsync("tributary: the configuration is wrong:");
        foreach (var one in error.Errors)
            await Console.Error.WriteLineAsync("  " + one);
        return ExitCodes.WrongConfiguration;
    }
    catch (TributaryException error) when (error.Code.StartsWith("plugin", StringComparison.Ordinal))
    {
        await Console.Error.WriteLineAsync(
            "tributary: the configuration is wrong:\n  " + error.Message.ReplaceLineEndings(" "));
        return ExitCodes.WrongConfiguration;
    }
    catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
    {
        // Stopping before the start is complete is an orderly end too.
        return ExitCodes.Success;
    }
    catch (Exception error) when (ProcessFault.IsOperable(error))
    {
        return await EndAsync(error);
    }
}

static async Task<int> DrainAsync(DrainRequest request, CancellationToken cancellation)
{
    using var http = Drain.NewClient(request);
    return await new Drain(http, request, Console.Out, Console.Error).RunAsync(cancellation);
}

static async Task<int> EndAsync(Exception error)
{
    await Console.Error.WriteLineAsync("tributary: " + ProcessFault.SentenceOf(error));
    return ProcessFault.IsOperable(error) ? ExitCodes.CouldNotRun : ExitCodes.Broken;
}
