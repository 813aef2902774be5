using System.Collections;
using System.CommandLine;
using Tributary.Runtime.Store;
using Tributary.Silo.Configuration;
using Tributary.Silo.Demo;
using Tributary.Silo.Hosting;

namespace Tributary.Silo;

/// <summary>The command line.</summary>
internal static class SiloCommand
{
    /// <summary>The exit code of a start that the configuration stopped.</summary>
    public const int ConfigurationExit = 2;

    /// <summary>The exit code of a start that failed for another reason: the database, the address.</summary>
    public const int StartExit = 1;

    public static RootCommand Create()
    {
        var config = new Option<string?>("--config") { Description = "A YAML file; docs/configuration.md lists its keys.", HelpName = "FILE" };
        var demo = new Option<bool>("--demo") { Description = "Also load a week of earthquakes and print what was aggregated." };
        Option[] overrides =
        [
            Override("--listen", "Addresses to listen on, separated by commas (http://127.0.0.1:8888).", "URL"),
            Override("--data", "The folder of the embedded database (./data).", "FOLDER"),
            Override("--database", "Where messages are stored: sqlite or postgres (sqlite).", "TYPE"),
            Override("--connection", "How to connect to PostgreSQL.", "CONNECTION"),
            Override("--log-level", "trace, debug, information, warning, error, critical or none (information).", "LEVEL"),
        ];
        var insecure = new Option<bool>("--insecure") { Description = "Serve everybody who reaches the address, without API keys." };
        var root = new RootCommand("Tributary: takes messages, keeps them, counts them, shows them.") { config, demo, insecure };
        foreach (var option in overrides)
            root.Add(option);

        root.SetAction((parsed, cancellation) =>
        {
            var set = overrides.Cast<Option<string?>>()
                .Select(option => (Key: KeyOf(option.Name), Option: option.Name, Value: parsed.GetValue(option)))
                .Where(option => option.Value is not null)
                .Select(option => (option.Key, option.Option, option.Value!))
                .ToList();
            if (parsed.GetValue(insecure))
                set.Add(("security.insecure", insecure.Name, "true"));
            return RunAsync(parsed.GetValue(config), set, parsed.GetValue(demo), cancellation);
        });
        return root;
    }

    private static async Task LoadDemoAsync(SiloApp app)
    {
        try
        {
            await DemoLoader.RunAsync(app.Node, app.Stopping);
        }
        catch (Exception error) when (app.Stopping.IsCancellationRequested && error is OperationCanceledException or OverloadedException)
        {
            // Stopped before the end: what was loaded counts once when it is loaded again.
            Console.WriteLine("The demonstration was interrupted; the next run goes on.");
        }
    }

    private static Option<string?> Override(string name, string description, string help) => new(name) { Description = description, HelpName = help };

    private static string KeyOf(string option) => option switch
    {
        "--database" => "database.type",
        "--connection" => "database.connection",
        "--log-level" => "logging.default",
        _ => option[2..],
    };

    private static async Task<int> RunAsync(string? file, List<(string, string, string)> options, bool isDemo, CancellationToken cancellation)
    {
        try
        {
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
            var config = await SiloConfigLoader.LoadAsync(file, environment, options, isDemo ? DemoFiles.Aggregates() : []);
            await using var app = await SiloApp.StartAsync(config, cancellation);
            Console.WriteLine($"Listening on {string.Join(", ", app.Addresses)}");
            if (isDemo)
                await LoadDemoAsync(app);
            await app.RunAsync();
            return 0;
        }
        catch (ConfigException error)
        {
            await Console.Error.WriteLineAsync($"The configuration cannot be used:\n{error.Message}");
            return ConfigurationExit;
        }
        catch (Exception error) when (error is StoreException or IOException)
        {
            await Console.Error.WriteLineAsync($"Tributary cannot start: {error.Message}");
            return StartExit;
        }
    }
}
