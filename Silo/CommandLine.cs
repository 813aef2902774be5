using System.CommandLine;
using Tributary.Silo.Commands;
using Tributary.Silo.Configuration;

namespace Tributary.Silo;

/// <summary>The options of the program.</summary>
internal sealed class CommandLine
{
    private readonly Option<string?> config = new("--config", "-c")
    {
        Description = "A YAML file; every key is in docs/configuration.md.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> urls = new("--urls", "-u")
    {
        Description = $"Addresses to listen on, as {ListenAddress.Allowed}. Default: {SiloConfigReader.DefaultUrl}",
        HelpName = "URL",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> data = new("--data", "-d")
    {
        Description = $"The folder of the embedded database. Default: ./data",
        HelpName = "DIRECTORY",
    };
    private readonly Option<string?> database = new("--database")
    {
        Description = "sqlite (embedded, the default) or postgres",
        HelpName = "TYPE",
    };
    private readonly Option<string?> connection = new("--connection")
    {
        Description =
            "With postgres: the connection string. Other users of the machine see options: with a password, set "
            + "TRIBUTARY__DATABASE__CONNECTION instead.", HelpName = "STRING",
    };

    private readonly Option<string?> cluster = new("--cluster")
    {
        Description =
            "Where the silos of a cluster find each other: local (alone, the default), postgres, redis or azure-table. "
            + "The ports are TRIBUTARY__CLUSTER__SILO_PORT and TRIBUTARY__CLUSTER__GATEWAY_PORT.",
        HelpName = "TYPE",
    };

    private readonly Option<string[]> roles = new("--roles")
    {
        Description =
            "What this process does: silo (takes, counts, processes), api (serves), or both, the default. Apart they "
            + "need postgres.", HelpName = "ROLE", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description =
            "Serve addresses that other machines reach without API keys: whoever reaches them may read and write.",
    };
    private readonly Option<bool> demo = new("--demo")
    {
        Description =
            "Load a real week of 1,707 earthquakes, show what was aggregated, and go on serving. Twice changes "
            + "nothing.",
    };
    private readonly Option<string?> logLevel = new("--log-level")
    {
        Description = "trace, debug, information, warning or error. Default: information",
        HelpName = "LEVEL",
    };

    /// <param name="run">Serves until it is told to stop.</param>
    /// <param name="drain">Has a process that runs give its partitions.</param>
    public CommandLine(
        Func<Arguments, CancellationToken, Task<int>> run, Func<DrainRequest, CancellationToken, Task<int>> drain)
    {
        Root = new RootCommand(
            "Tributary: accepts messages, keeps what it acknowledged, aggregates it exactly, and shows it live.\n"
            + "Without options it serves http://127.0.0.1:8888 and keeps its data in ./data.\n"
            + "A value is taken from the options, else from environment variables (TRIBUTARY__API__URLS for api.urls), "
            + "else from the file.\n"
            + "Exit codes: 0 stopped in order, 1 could not run or go on, 2 wrong options or configuration, "
            + "3 an error of the program.")
        {
            config, urls, data, database, connection, cluster, roles, insecure, demo, logLevel,
            new DrainCommand(drain).Command,
        };
        Root.SetAction((result, cancellation) => run(Read(result), cancellation));
    }

    public RootCommand Root { get; }

    private Arguments Read(ParseResult result)
    {
        var values = new List<OptionValue>();
        if (result.GetValue(urls) is { Length: > 0 } addresses)
            values.Add(
                new OptionValue(
                    "--urls",
                    "api.urls",
                    [.. addresses.SelectMany(text => text.Split(';', StringSplitOptions.RemoveEmptyEntries))],
                    IsList: true));
        if (result.GetValue(roles) is { Length: > 0 } names)
            values.Add(
                new OptionValue(
                    "--roles",
                    "roles",
                    [.. names.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))],
                    IsList: true));
        Add(data, "data");
        Add(database, "database.type");
        Add(connection, "database.connection");
        Add(cluster, "cluster.type");
        Add(logLevel, "logging.level");
        if (result.GetValue(insecure))
            values.Add(new OptionValue("--insecure", "api.insecure", ["true"]));
        return new Arguments(result.GetValue(config), result.GetValue(demo), values);

        void Add(Option<string?> option, string key)
        {
            if (result.GetValue(option) is { } text)
                values.Add(new OptionValue(option.Name, key, [text]));
        }
    }
}

/// <param name="ConfigFile">Null without a file.</param>
/// <param name="Values">The values that options set, by key.</param>
internal sealed record Arguments(string? ConfigFile, bool IsDemo, IReadOnlyList<OptionValue> Values);
