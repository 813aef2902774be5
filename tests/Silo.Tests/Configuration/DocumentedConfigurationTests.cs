using System.Collections;
using System.Text.RegularExpressions;
using Tributary.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>The page about the configuration against the code that reads it.</summary>
public sealed partial class DocumentedConfigurationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configuration.md"));

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, ExamplePattern.Count(Page))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_a_configuration(int number)
    {
        var environment = new Hashtable { ["TRIBUTARY_KEY"] = "0123456789abcdef", ["TRIBUTARY_DB_PASSWORD"] = "secret" };
        var config = Load(ExamplePattern.Matches(Page)[number].Groups["yaml"].Value, environment);
        Assert.Equal(number == 0 ? "sqlite" : "postgres", config.DatabaseType);
    }

    [Fact]
    public void The_page_lists_every_key_and_no_other()
    {
        var keys = new List<string>();
        foreach (var (section, prefix) in new[] { ("{}", ""), ("{api: {x: 1}}", "api."), ("{database: {x: 1}}", "database."), ("{limits: {x: 1}}", "limits."), ("{logging: {x: 1}}", "logging."), ("{endpoints: [{x: 1}]}", "endpoints[].") })
        {
            var error = ErrorsOf(prefix.Length == 0 ? "{x: 1}" : section).First(one => one.Found == "an unknown key");
            keys.AddRange(error.Allowed.Split(", ").Select(key => prefix + key));
        }

        string[] sections = ["api", "database", "limits", "logging"];
        Assert.Equal(keys.Except(sections).Order(StringComparer.Ordinal), KeyPattern.Matches(Page).Select(row => row.Groups["key"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_tells_every_limit_and_its_default()
    {
        var rows = LimitPattern.Matches(Page);
        Assert.Equal(7, rows.Count);
        foreach (Match row in rows)
        {
            var key = row.Groups["key"].Value;
            var (min, max) = (long.Parse(row.Groups["min"].Value), long.Parse(row.Groups["max"].Value));
            Assert.Equal(DefaultOf(key), long.Parse(row.Groups["default"].Value));
            Assert.Empty(LimitErrors(key, min));
            Assert.Empty(LimitErrors(key, max));
            Assert.Single(LimitErrors(key, min - 1));
            Assert.Single(LimitErrors(key, max + 1));
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
            _ => throw new ArgumentException($"No limit is named {key}.", nameof(key)),
        };
    }

    private static IReadOnlyList<ConfigError> LimitErrors(string key, long value)
    {
        try
        {
            Load($"limits: {{{key}: {value}}}", new Hashtable());
            return [];
        }
        catch (ConfigException error)
        {
            return error.Errors;
        }
    }

    private static IReadOnlyList<ConfigError> ErrorsOf(string yaml) => Assert.Throws<ConfigException>(() => Load(yaml, new Hashtable())).Errors;

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

    [GeneratedRegex("```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExamplePattern { get; }

    [GeneratedRegex(@"^\| `(?<key>[a-z_.\[\]]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyPattern { get; }

    [GeneratedRegex(@"^\| `limits\.(?<key>\w+)` \|[^|]*\| (?<default>\d+) \| (?<min>\d+) to (?<max>\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LimitPattern { get; }
}
