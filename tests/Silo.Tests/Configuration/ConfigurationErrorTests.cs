using System.Collections;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Configuration;

public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    [Theory]
    [InlineData(
        "api:\n  url: x", "{file}:2: api.url: found an unknown key; allowed: urls, keys, insecure, hosts, origins.")]
    [InlineData(
        "api:\n  insecure: true\nlimits:\n\tbody_bytes: 5000\n",
        "{file}:4: the file: found a tab in the indentation; allowed: spaces.")]
    [InlineData(
        "api:\n  urls:\n  - a\n \t - b\n", "{file}:4: the file: found a tab in the indentation; allowed: spaces.")]
    [InlineData(
        "databse: {}",
        "{file}:1: databse: found an unknown key; allowed: api, data, database, cluster, aggregates, indexed_paths, "
        + "endpoints, limits, logging, roles, broker, msg_broker, message, message_fields, data_store, meta_store, "
        + "connectors, active_plugins, disabled_plugins, plugins, plugin, custom, packages, retry, processing.")]
    [InlineData("\napi:\n  urls: ftp://x:1", "{file}:3: api.urls[0]: found \"ftp://x:1\"; allowed: http://HOST:PORT")]
    [InlineData(
        "api: {urls: [http://127.0.0.1]}",
        "{file}:1: api.urls[0]: found \"http://127.0.0.1\"; allowed: http://HOST:PORT")]
    [InlineData("api: {urls: []}", "{file}:1: api.urls: found a list of 0; allowed: a list of 1 to 64")]
    [InlineData("api: {insecure: maybe}", "{file}:1: api.insecure: found \"maybe\"; allowed: true or false.")]
    [InlineData("api: {origins: ['https://a.example', 'https://a.example/']}",
        "{file}:1: api.origins[1]: found \"https://a.example/\"; allowed: an origin such as https://example.org")]
    [InlineData("api: {origins: ['https://a.example:443']}",
        "{file}:1: api.origins[0]: found \"https://a.example:443\"; allowed: an origin")]
    [InlineData("api: {origins: [a.example]}", "{file}:1: api.origins[0]: found \"a.example\"; allowed: an origin")]
    [InlineData("api: 5", "{file}:1: api: found \"5\"; allowed: a map with urls")]
    [InlineData("data: [a]", "{file}:1: data: found a list; allowed: the path of a folder.")]
    [InlineData("database: {type: mysql}", "{file}:1: database.type: found \"mysql\"; allowed: sqlite, postgres.")]
    [InlineData(
        "cluster: {type: postgres}",
        "{file}:1: cluster.type: found postgres with the embedded database, which has one silo; allowed: local; or "
        + "database.type: postgres, which several silos share.")]
    [InlineData(
        "cluster: {id: mine}",
        "{file}:1: cluster.id: found \"mine\"; allowed: nothing, except with type: postgres, redis or azure-table.")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, advertise: 192.0.2.7}",
        "{file}:2: cluster.advertise: found 192.0.2.7, which other machines reach, without TLS; allowed: a loopback "
        + "address such as 127.0.0.1; or cluster.tls with certificates of the cluster's own authority.")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, advertise: 0.0.0.0}",
        "{file}:2: cluster.advertise: found \"0.0.0.0\"; allowed: an IP address or a host name of this machine")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, id: a/b}",
        "{file}:2: cluster.id: found \"a/b\"; allowed: 1 to 150 letters, digits, -, _ and .")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: redis}",
        "{file}:2: cluster.connection: found nothing; allowed: a connection string of Redis such as")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, connection: secret}",
        "{file}:2: cluster.connection: found a value that is not shown here; allowed: nothing with type: postgres")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, tls: {key: a, authority: b}}",
        "{file}:2: cluster.tls.certificate: found nothing; allowed: the path of a file in PEM format.")]
    [InlineData(
        "database: {type: postgres, connection: Host=db}\ncluster: {type: postgres, silo_port: 30000}",
        "{file}:2: cluster.gateway_port: found 30000, which is the silo_port; allowed: another port.")]
    [InlineData(
        "database:\n  type: postgres",
        "{file}:2: database.connection: found nothing; allowed: with type postgres a connection string")]
    [InlineData(
        "limits:\n  body_bytes: 12",
        "{file}:2: limits.body_bytes: found \"12\"; allowed: a whole number of bytes from 1024 to 67108864.")]
    [InlineData(
        "limits: {waiting_calls: 1.5}",
        "{file}:1: limits.waiting_calls: found \"1.5\"; allowed: a whole number of calls")]
    [InlineData(
        "logging: {level: loud}",
        "{file}:1: logging.level: found \"loud\"; allowed: trace, debug, information, warning, error.")]
    [InlineData(
        "aggregates:\n  - name: a\n    measures:\n      - {name: n, kind: avg}",
        "{file}:4: aggregates[0].measures[0].kind: found \"avg\"; allowed: count, sum")]
    [InlineData(
        "aggregates:\n  - name: a\n    group: []",
        "{file}:2: aggregates[0].measures: found nothing; allowed: a list of 1 to 32.")]
    [InlineData(
        "aggregates:\n  - name: a\n    colour: red\n    measures: [{name: n, kind: count}]",
        "{file}:3: aggregates[0].colour: found an unknown key")]
    [InlineData(
        "indexed_paths:\n  - /a\n  - b",
        "{file}:3: indexed_paths[1]: found \"b\"; allowed: a JSON pointer (RFC 6901) to a value within the body")]
    [InlineData("indexed_paths: ['']", "{file}:1: indexed_paths[0]: found an empty text; allowed: a JSON pointer")]
    [InlineData("indexed_paths: [/a, /a]", "{file}:1: indexed_paths[1]: found \"/a\"; allowed: a JSON pointer (RFC "
        + "6901) to a value within the body, such as /place/name, of at most 512 bytes of UTF-8 without U+0000, each "
        + "once.")]
    [InlineData("indexed_paths: [~]", "{file}:1: indexed_paths[0]: found")]
    [InlineData("indexed_paths: [/a~2]", "{file}:1: indexed_paths[0]: found \"/a~2\"; allowed: a JSON pointer")]
    [InlineData("indexed_paths: [\"/a\\0\"]", "{file}:1: indexed_paths[0]: found")]
    [InlineData("indexed_paths: {a: b}", "{file}:1: indexed_paths: found a map; allowed: a list of at most 16")]
    [InlineData(
        "indexed_paths: [/1, /2, /3, /4, /5, /6, /7, /8, /9, /10, /11, /12, /13, /14, /15, /16, /17]",
        "{file}:1: indexed_paths: found a list of 17; allowed: a list of at most 16")]
    [InlineData(
        "endpoints:\n  - path: /api/v1/messages/x\n    source: s",
        "{file}:2: endpoints[0].path: found \"/api/v1/messages/x\"; allowed: a path")]
    [InlineData(
        "endpoints:\n  - path: /x", "{file}:2: endpoints[0].source: found nothing; allowed: the name of a source")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s, method: GET}",
        "{file}:2: endpoints[0].method: found \"GET\"; allowed: POST, PUT.")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s, item: id}",
        "{file}:2: endpoints[0].item: found \"id\"; allowed: a JSON pointer")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s}\n  - {path: /X, source: t}",
        "{file}:3: endpoints[1]: found POST /X a second time; allowed: each method and path once.")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s, schema: {properties: {a: {pattern: '('}}}}",
        "{file}:2: endpoints[0].schema: found a schema that cannot be read (the pattern '(' is no regular expression")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s, schema: {anyOf: [{$ref: '#'}]}}",
        "{file}:2: endpoints[0].schema: found a schema that cannot be read (Cyclic references detected)")]
    [InlineData(
        "endpoints:\n  - {path: /x, source: s, schema: 'text'}",
        "{file}:2: endpoints[0].schema: found \"text\"; allowed: a JSON Schema")]
    [InlineData(
        "data: ${NOT_SET_ANYWHERE}",
        "{file}:1: ${NOT_SET_ANYWHERE}: found no such environment variable; allowed: one that is set.")]
    [InlineData("data: ${", "{file}:1: a variable: found ${ without a name")]
    [InlineData("api: [unclosed", "the file: found what is not YAML")]
    [InlineData("data: a\ndata: b", "{file}:2: the file: found what is not YAML (Duplicate key")]
    [InlineData("- a", "{file}:1: the file: found a list or a text; allowed: a map.")]
    [InlineData("a: 1\n---\nb: 1", "the file: found 2 YAML documents; allowed: one.")]
    public void An_error_names_file_line_key_found_and_allowed(string yaml, string expected)
    {
        var error = Assert.Single(ErrorsOf(yaml));
        Assert.Contains(
            expected.Replace("{file}", file, StringComparison.Ordinal), error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Routes, files and what lies below them, whatever the case and the end; what is beside them is free.
    /// </summary>
    [Theory]
    [InlineData("/index.html")]
    [InlineData("/INDEX.html")]
    [InlineData("/favicon.svg")]
    [InlineData("/css/base.css")]
    [InlineData("/js")]
    [InlineData("/docs")]
    [InlineData("/Docs/index.html")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    [InlineData("/graphql")]
    [InlineData("/GraphQL/console/main.js")]
    [InlineData("/ws/v1")]
    [InlineData("/api/v1/failures/retry")]
    [InlineData("/api/v1/messages/x/retry")]
    [InlineData("/API/v1/reprocess")]
    [InlineData("/api/v1/generations/a/switch")]
    [InlineData("/api/v2/anything")]
    [InlineData("/api")]
    public void An_endpoint_among_the_routes_of_the_server_is_refused(string path)
    {
        var error = Assert.Single(ErrorsOf($"endpoints:\n  - path: {path}\n    source: s"));
        Assert.Equal(("endpoints[0].path", $"\"{path}\""), (error.Key, error.Found));
        Assert.EndsWith(
            "the first none of the server's own: api, css, docs, favicon.svg, graphql, health, index.html, js, "
            + "openapi, ws", error.Allowed, StringComparison.Ordinal);
        Assert.Single(Load($"endpoints: [{{path: /x{path}, source: s}}]").Api.Endpoints);
    }

    [Fact]
    public void Two_endpoints_with_one_method_and_path_are_refused_and_with_two_methods_are_not()
    {
        Assert.Contains("a second time",
            Assert.Single(ErrorsOf(
                "endpoints:\n  - {path: /x/Y, source: s, method: PUT}\n  - {path: /X/y, source: t, method: "
                + "PUT}")).Found, StringComparison.Ordinal);
        Assert.Equal(3, Load(
            "endpoints: [{path: /a/b, source: s}, {path: /a_b, source: s}, {path: /a/b, source: t, method: "
            + "PUT}]").Api.Endpoints.Count);
    }

    [Fact]
    public void Several_errors_are_named_at_once() =>
        Assert.Equal(
            ["aggregates[0].name", "api.insecure", "database.type", "limits.body_bytes"],
            ErrorsOf(
                "limits: {body_bytes: many}\napi: {insecure: 1}\naggregates: [{measures: [{name: n, kind: "
                + "count}]}]\ndatabase: {type: oracle}").Select(error => error.Key).Order());

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        var error = Assert.Throws<ConfigException>(() =>
            ConfigLoader.Load("/nowhere/tributary.yaml", new Hashtable(), []));
        Assert.Equal(
            "/nowhere/tributary.yaml: the file: found nothing; allowed: a file that can be read.", error.Message);
    }

    [Fact]
    public void A_small_file_cannot_unfold_to_a_large_one()
    {
        var bomb =
            "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(
                Enumerable
                    .Range(1, 9)
                    .Select(n => $"a{n}: &a{n} [{string.Join(',', Enumerable.Repeat($"*a{n - 1}", 10))}]\n"));
        Assert.Contains(ErrorsOf(bomb), error => error.Found == "too many values or levels");
    }

    [Theory]
    [InlineData("api: {keys: [hunter2]}")]
    [InlineData("api: {keys: ['hunter2 with a space in it']}")]
    [InlineData("database: {connection: 'Host=db;Password=hunter2'}")]
    [InlineData("database: {type: postgres, connection: 'Host=db;Password=x;hunter2'}")]
    [InlineData("database: {type: postgres, connection: 'Host=db;hunter2=x'}")]
    [InlineData("database: {type: postgres, connection: 'Port=hunter2'}")]
    [InlineData("database: {type: postgres, connection: 'Password=hunter2'}")]
    [InlineData("data: [\"${SECRET}\"]")]
    [InlineData("logging: {level: \"${SECRET}\"}")]
    [InlineData("aggregates: [{name: \"Q ${SECRET}\", measures: [{name: n, kind: count}]}]")]
    [InlineData("aggregates: {a: \"${SECRET}\"}")]
    [InlineData("endpoints: [{path: /x, source: s, schema: \"{ ${SECRET}\"}]")]
    public void A_secret_is_not_shown(string yaml)
    {
        var errors = ErrorsOf(yaml, new Hashtable { ["SECRET"] = "hunter2" });
        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8888")]
    [InlineData("http://*:8888")]
    [InlineData("http://[::]:8888")]
    [InlineData("http://10.0.0.5:80")]
    public void Other_machines_are_let_in_only_with_keys_or_when_that_is_said(string url)
    {
        var error = Assert.Single(ErrorsOf($"api: {{urls: ['http://127.0.0.1:1', '{url}']}}"));
        Assert.Equal("api.urls", error.Key);
        Assert.Contains("api.keys", error.Allowed, StringComparison.Ordinal);
        Assert.Contains("--insecure", error.Allowed, StringComparison.Ordinal);

        Assert.True(Load($"api: {{urls: ['{url}'], insecure: true}}").Api.ApiKeys is []);
        Assert.Single(Load($"api: {{urls: ['{url}'], keys: [0123456789abcdef]}}").Api.ApiKeys);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://127.9.9.9:1")]
    [InlineData("http://[::1]:1")]
    [InlineData("http://localhost:1/")]
    public void Loopback_needs_no_keys(string url) => Assert.Empty(Load($"api: {{urls: ['{url}']}}").Api.ApiKeys);

    public void Dispose() => File.Delete(file);

    private IReadOnlyList<ConfigError> ErrorsOf(string yaml, IDictionary? environment = null)
    {
        File.WriteAllText(file, yaml);
        return Assert.Throws<ConfigException>(() => ConfigLoader.Load(file, environment ?? new Hashtable(), [])).Errors;
    }

    private SiloConfig Load(string yaml)
    {
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(file, new Hashtable(), []);
    }
}
