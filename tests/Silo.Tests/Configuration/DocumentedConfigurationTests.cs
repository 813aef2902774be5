using System.Collections;
using System.Text.RegularExpressions;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>The page about the configuration against the code that reads it.</summary>
public sealed partial class DocumentedConfigurationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configuration.md"));

    // Each with a key that there is not.
    private static readonly (string Yaml, string Prefix)[] Sections =
    [
        ("{x: 1}", ""),
        ("{api: {x: 1}}", "api."),
        ("{database: {x: 1}}", "database."),
        ("{database: {type: postgres, connection: {x: 1}}}", "database.connection."),
        ("{cluster: {x: 1}}", "cluster."),
        (
            "{database: {type: postgres, connection: Host=db}, cluster: {type: postgres, tls: {x: 1}}}",
            "cluster.tls."),
        ("{limits: {x: 1}}", "limits."),
        ("{logging: {x: 1}}", "logging."),
        ("{endpoints: [{x: 1}]}", "endpoints[]."),
        ("{processing: {x: 1}}", "processing."),
        ("{packages: {x: 1}}", "packages."),
        ("{retry: [{x: 1}]}", "retry[]."),
    ];

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, ExamplePattern.Count(Page))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_a_configuration(int number)
    {
        var environment = new Hashtable
        {
            ["TRIBUTARY_KEY"] = "0123456789abcdef",
            ["TRIBUTARY_DB_PASSWORD"] = "secret",
        };
        var yaml = ExamplePattern.Matches(Page)[number].Groups["yaml"].Value;
        var config = Load(yaml, environment);
        Assert.Equal(
            yaml.Contains("type: postgres", StringComparison.Ordinal) ? "postgres" : "sqlite", config.DatabaseType);
        Assert.Equal(yaml.Contains("broker:", StringComparison.Ordinal), config.Pipeline.Listeners.Count > 0);
    }

    [Fact]
    public void The_page_lists_every_key_and_no_other()
    {
        var keys = new List<string>();
        foreach (var (section, prefix) in Sections)
        {
            var error = ErrorsOf(section).First(one => one.Found == "an unknown key");
            keys.AddRange(error.Allowed.Split(", ").Select(key => prefix + key));
        }

        string[] sections =
            ["api", "database", "cluster", "cluster.tls", "limits", "logging", "processing", "packages"];
        Assert.Equal(
            keys.Except(sections).Order(StringComparer.Ordinal),
            KeyPattern.Matches(Page).Select(row => row.Groups["key"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_tells_every_limit_and_its_default()
    {
        var rows = LimitPattern.Matches(Page);
        Assert.Equal(16, rows.Count);
        foreach (Match row in rows)
        {
            var key = row.Groups["key"].Value;
            var (min, max) = (long.Parse(row.Groups["min"].Value), long.Parse(row.Groups["max"].Value));
            Assert.Equal(DefaultOf(key), long.Parse(row.Groups["default"].Value));
            var section = row.Groups["section"].Value;
            Assert.Empty(LimitErrors(section, key, min));
            Assert.Empty(LimitErrors(section, key, max));
            Assert.Single(LimitErrors(section, key, min - 1));
            Assert.Single(LimitErrors(section, key, max + 1));
        }
    }

    private static long DefaultOf(string key)
    {
        var config = Load("", new Hashtable());
        return key switch
        {
            "body_bytes" => config.Api.MaxBodyBytes,
            "waiting_calls" => config.Silo.MaxWaitingCallsCount,
            "waiting_bytes" => config.Silo.MaxWaitingBytes,
            "activations" => config.Silo.MaxActivationsCount,
            "connections" => config.MaxConnectionsCount,
            "subscribers" => config.Feed.MaxSubscribersCount,
            "dedupe_days" => config.Dedupe.Remember.Days,
            "stop_delay_seconds" => (long)config.StopDelay.TotalSeconds,
            "running" => config.Pipeline.Processing.MaxRunningCount,
            "backlog" => config.Pipeline.MaxBacklogCount,
            "content_bytes" => config.Pipeline.Processing.MaxContentBytes,
            "memory_bytes" => config.Pipeline.Processing.MaxMemoryBytes,
            "metadata_bytes" => config.Pipeline.Processing.MaxMetadataBytes,
            "scratch_bytes" => config.Pipeline.Scratch.MaxBytes,
            "scratch_reserve_bytes" => config.Pipeline.Scratch.ReserveBytes,
            "plugin_seconds" => (long)config.Pipeline.Plugins.TimeLimit.TotalSeconds,
            _ => throw new ArgumentException($"No limit is named {key}.", nameof(key)),
        };
    }

    private static IReadOnlyList<ConfigError> LimitErrors(string section, string key, long value)
    {
        try
        {
            Load($"{section}: {{{key}: {value}}}", new Hashtable());
            return [];
        }
        catch (ConfigException error)
        {
            return error.Errors;
        }
    }

    private static IReadOnlyList<ConfigError> ErrorsOf(string yaml) =>
        Assert.Throws<ConfigException>(() => Load(yaml, new Hashtable())).Errors;

    private static SiloConfig Load(string yaml, IDictionary environment)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            return ConfigLoader.Load(file, environment, []);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(
        "```yaml\n(?<yaml>.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ExamplePattern { get; }

    [GeneratedRegex(
        @"^\| `(?<key>[a-z_.\[\]]+)` \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KeyPattern { get; }

    [GeneratedRegex(
        @"^\| `(?<section>limits|processing)\.(?<key>\w+)` \|[^|]*\| (?<default>\d+) \| (?<min>\d+) to (?<max>\d+) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex LimitPattern { get; }
}
