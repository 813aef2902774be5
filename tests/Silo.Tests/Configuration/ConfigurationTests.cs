using Microsoft.Extensions.Logging;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Configuration;

public class ConfigurationTests
{
    [Fact]
    public async Task Without_anything_it_is_SQLite_on_this_machine()
    {
        var config = await LoadAsync(null);

        Assert.Equal(["http://127.0.0.1:8888"], config.Listen);
        Assert.Equal(("data", "sqlite"), (config.DataDirectory, config.DatabaseType));
        Assert.Equal(["localhost", "127.0.0.1", "[::1]"], config.Api.AllowedHosts);
    }

    [Fact]
    public async Task Options_override_the_environment_which_overrides_the_file()
    {
        const string File = "data: from-file\nlogging: { default: error, levels: { Tributary.Api: trace } }\nlimits: { bodyBytes: 100, batchWindowCount: 5 }\n";
        var config = await LoadAsync(
            File,
            new() { ["TRIBUTARY__DATA"] = "from-environment", ["TRIBUTARY__LIMITS__BODYBYTES"] = "200", ["TRIBUTARY__LOGGING__DEFAULT"] = "debug" },
            ("logging.default", "--log-level", "warning"));

        Assert.Equal(("from-environment", 200, 5, LogLevel.Warning), (config.DataDirectory, config.Api.MaxBodyBytes, config.Api.BatchWindowCount, config.LogLevel));
        Assert.Equal(LogLevel.Trace, config.LogLevels["Tributary.Api"]);
    }

    [Fact]
    public async Task Variables_in_the_file_are_replaced()
    {
        var config = await LoadAsync(
            "database: { type: postgres, connection: \"Host=${DB_HOST};Database=${DB_NAME:-tributary};Password=$${x}\" }", new() { ["DB_HOST"] = "db" });

        Assert.Equal("Host=db;Database=tributary;Password=${x}", config.Connection);
    }

    [Fact]
    public async Task Aggregates_and_endpoints_are_read()
    {
        var config = await LoadAsync(
            """
            aggregates:
              - name: by-site
                group: [{ name: site, pointer: /site, floor: 0.5 }]
                measures: [{ name: n, kind: count }]
            endpoints:
              - path: /sensors/readings
                source: sensors
                item: /sensor
                externalId: /seq
                body:
                  type: object
                  required: [sensor]
                  properties: { celsius: { type: number, maximum: 1e2 } }
            """,
            new() { ["TRIBUTARY__AGGREGATES__0__NAME"] = "renamed", ["TRIBUTARY__ENDPOINTS__0__METHOD"] = "PUT" });

        Assert.Equal("renamed", Assert.Single(config.Aggregates).Name);
        var endpoint = Assert.Single(config.Api.Endpoints);
        Assert.Equal(("/sensors/readings", "PUT", "sensors", "/sensor", "/seq"), (endpoint.Path, endpoint.Method, endpoint.Source, endpoint.Item!.Text, endpoint.ExternalId!.Text));
        Assert.Equal("""{"type":"object","required":["sensor"],"properties":{"celsius":{"type":"number","maximum":1e2}}}""", endpoint.Body!.Json);
    }

    [Theory]
    [InlineData("dat: x", "tributary.yaml:1: dat: found an unknown key; allowed: listen, data,")]
    [InlineData("limits:\n  bodyBytes: many", "tributary.yaml:2: limits.bodyBytes: found \"many\"; allowed: a whole number from 1 to")]
    [InlineData("limits: 7", "tributary.yaml:1: limits: found \"7\"; allowed: a mapping with bodyBytes,")]
    [InlineData("database: { type: oracle }", "tributary.yaml:1: database.type: found \"oracle\"; allowed: sqlite, postgres.")]
    [InlineData("database: { type: postgres }", "tributary.yaml:1: database.connection: found nothing; allowed: an Npgsql connection string")]
    [InlineData("database: { connection: Host=x }", "database.connection: found a connection string; allowed: nothing with type sqlite")]
    [InlineData("listen: nonsense", "listen: found \"nonsense\"; allowed: addresses such as")]
    [InlineData("listen: https://127.0.0.1:1", "listen: found \"https://127.0.0.1:1\"; allowed: addresses such as")]
    [InlineData("listen: []", "listen: found an empty list")]
    [InlineData("listen: http://0.0.0.0:8888", "listen: found http://0.0.0.0:8888 without API keys; allowed: addresses of this machine only")]
    [InlineData("security: { apiKeys: [short] }", "security.apiKeys: found a key of 5 characters; allowed: keys of at least 16 characters")]
    [InlineData("feed: { ping: 5 }", "feed.ping: found \"5\"; allowed: a whole number with ms, s, m, h or d, from 1s to 1h.")]
    [InlineData("data: ${NOT_SET}", "tributary.yaml:1: data: found ${NOT_SET}, an environment variable that is not set")]
    [InlineData("data: [a, b]", "tributary.yaml:1: data: found a list of 2; allowed: text.")]
    [InlineData("a: 1\na: 2", "tributary.yaml:2: (file): found no YAML")]
    [InlineData("- 1", "tributary.yaml:1: (file): found no mapping")]
    [InlineData("logging: { default: loud }", "logging.default: found \"loud\"; allowed: trace, debug, information,")]
    [InlineData("aggregates:\n- name: a\n  measures:\n  - name: n\n    kind: avg", "tributary.yaml:5: aggregates[0].measures[0].kind: found \"avg\"; allowed: count, sum,")]
    [InlineData("aggregates:\n- name: a\n  measures: [{ name: n, kind: count }]\n  group: [{ name: g, pointer: /g, floor: 0 }]", "aggregates[0].group[0].floor: found 0; allowed: a number above 0.")]
    [InlineData("endpoints: [{ path: /api/v1/messages/x, source: s }]", "endpoints[0].path: found \"/api/v1/messages/x\"; allowed: a path")]
    [InlineData("endpoints: [{ path: /x }]", "endpoints[0].source: found nothing; allowed: the name of a source")]
    [InlineData("endpoints: [{ path: /x, source: s, item: x }]", "endpoints[0].item: found \"x\"; allowed: a JSON pointer")]
    [InlineData("endpoints: [{ path: /x, source: s, body: 5 }]", "endpoints[0].body: found no mapping; allowed: a JSON Schema.")]
    [InlineData("endpoints: [{ path: /x, source: s, body: { $ref: '#/nowhere' } }]", "endpoints[0].body: found no JSON Schema (")]
    [InlineData("endpoints: [{ path: /x, source: s }, { path: /x/, source: s }]", "endpoints[1].path: found POST \"/x/\" a second time")]
    public async Task What_is_wrong_is_named_with_file_key_found_and_allowed(string yaml, string says)
    {
        var error = await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(yaml));

        Assert.Contains(says, error.Message);
        Assert.DoesNotContain(": found short", error.Message);
    }

    [Fact]
    public async Task Every_error_is_named_at_once_with_where_it_came_from()
    {
        var error = await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(
            "datta: x\nlimits: { bodyBytes: -1 }", new() { ["TRIBUTARY__DATABASE__TYPE"] = "mysql" }, ("logging.default", "--log-level", "loud")));

        Assert.Equal(4, error.Errors.Count);
        Assert.Contains("environment variable TRIBUTARY__DATABASE__TYPE: database.type: found \"mysql\"", error.Message);
        Assert.Contains("option --log-level: logging.default: found \"loud\"", error.Message);
    }

    private static async Task<SiloConfig> LoadAsync(string? yaml, Dictionary<string, string>? environment = null, params (string, string, string)[] options)
    {
        if (yaml is null)
            return await SiloConfigLoader.LoadAsync(null, environment ?? [], options, []);

        var folder = Directory.CreateTempSubdirectory("tributary-config-");
        try
        {
            var path = Path.Combine(folder.FullName, "tributary.yaml");
            await File.WriteAllTextAsync(path, yaml);
            return await SiloConfigLoader.LoadAsync(path, environment ?? [], options, []);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
