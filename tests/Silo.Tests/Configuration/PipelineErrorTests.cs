using System.Collections;

namespace Tributary.Silo.Tests.Configuration;

/// <summary>Errors in what is configured around messages from outside.</summary>
public sealed class PipelineErrorTests : IDisposable
{
    private readonly ConfigurationFile file = new();

    [Theory]
    [InlineData("broker:\n  type: kafka", "{file}:2: broker.type: found \"kafka\"; allowed: rabbitmq, rest, zeromq.")]
    [InlineData(
        "broker: {host: localhost}",
        "{file}:1: broker: found a map without type; allowed: a map with a type: rabbitmq, rest, zeromq.")]
    [InlineData(
        "broker: rabbitmq", "{file}:1: broker[0]: found no map; allowed: a map with a type: rabbitmq, rest, zeromq.")]
    [InlineData(
        "broker:\n  - {type: rest}\n  - {type: kafka}",
        "{file}:3: broker[1].type: found \"kafka\"; allowed: rabbitmq, rest, zeromq.")]
    [InlineData(
        "broker: [{type: rest}, {type: rest}]",
        "{file}:1: broker[1]: found a second broker named 'rest'; allowed: a name of its own, by the key name.")]
    [InlineData(
        "broker: {type: rest}\nmsg_broker: {type: rest}",
        "{file}:2: msg_broker: found both broker and msg_broker; allowed: one of them.")]
    [InlineData(
        "broker: {type: rabbitmq, port: 5672}",
        "{file}:1: broker.queue: found nothing; allowed: the name of the queue")]
    [InlineData(
        "broker: {type: rabbitmq, queue: q, hots: mq}",
        "{file}:1: broker.hots: found an unknown key; allowed: type, name")]
    [InlineData(
        "broker: {type: zeromq, socket_type: 3}",
        "{file}:1: broker.socket_type: found \"3\"; allowed: PULL, SUB, 7, 2.")]
    [InlineData(
        "broker: {type: zeromq, connection_type: listen}",
        "{file}:1: broker.connection_type: found \"listen\"; allowed: bind, connect.")]
    [InlineData(
        "message:\n  parser: {type: xml}\nbroker: {type: rest}",
        "{file}:2: message.parser.type: found \"xml\"; allowed: ")]
    [InlineData(
        "message: {parser: {type: string, delimiter: '|'}}\nbroker: [{type: rest}, {type: rest, name: second}]",
        "{file}:1: message.parser.format: found nothing; allowed: ")]
    [InlineData(
        "data_store: {type: disk}",
        "{file}:1: data_store.root: found nothing; allowed: the folder that content lies in")]
    [InlineData(
        "data_store: {type: ftp}",
        "{file}:1: data_store.type: found \"ftp\"; allowed: azure-blob, disk, http, s3, swift.")]
    [InlineData("meta_store: {type: etcd}", "{file}:1: meta_store.type: found \"etcd\"; allowed: http, redis.")]
    [InlineData(
        "connectors: nowhere", "{file}:1: connectors[0]: found \"nowhere\"; allowed: folders with connector libraries")]
    [InlineData(
        "plugins: nowhere",
        "{file}:1: plugins: found \"nowhere\"; allowed: the path of a folder with a folder for each plugin.")]
    [InlineData("active_plugins: {a: b}", "{file}:1: active_plugins: found ")]
    [InlineData(
        "plugin:\n  thumbnails: {size: 5}",
        "{file}:2: plugin.thumbnails: found an unknown key; allowed: datatypes, duplicates, exif, hashes, sizes.")]
    [InlineData("plugin: {exif: 5}", "{file}:1: plugin.exif: found \"5\"; allowed: a map of what the plugin is told.")]
    [InlineData("plugin: [exif]", "{file}:1: plugin: found a list; allowed: a map with the names of plugins, each with "
        + "a map of what it is told.")]
    [InlineData("custom: 5", "{file}:1: custom: found \"5\"; allowed: a map; every plugin of a folder is given it.")]
    [InlineData("packages: {instal: True}", "{file}:1: packages.instal: found an unknown key; allowed: install.")]
    [InlineData(
        "processing: {runing: 5}",
        "{file}:1: processing.runing: found an unknown key; allowed: running, backlog, content_bytes, memory_bytes, "
        + "metadata_bytes, plugin_seconds, scratch, scratch_bytes, scratch_reserve_bytes.")]
    [InlineData(
        "processing: {backlog: 0}",
        "{file}:1: processing.backlog: found \"0\"; allowed: a whole number of messages from 1 to 10000000.")]
    [InlineData(
        "retry:\n  - {step: fetch, then: park}",
        "{file}:2: retry[0].step: found \"fetch\"; allowed: accept, query, execute, apply.")]
    [InlineData(
        "retry: [{step: query, then: park, first: 1s}]",
        "{file}:1: retry[0].first: found \"1s\"; allowed: nothing, because then is park.")]
    [InlineData("roles: [silo, web]", "{file}:1: roles[1]: found \"web\"; allowed: silo, api.")]
    [InlineData(
        "roles: api",
        "{file}:1: roles: found the role api alone with the embedded database; allowed: both roles, or database.type: "
        + "postgres")]
    [InlineData(
        "database: {type: postgres, connection: {port: 5432}}",
        "{file}:1: database.connection.host: found nothing; allowed: the name or address of the server.")]
    [InlineData(
        "database:\n  type: postgres\n  connection: {host: db, pasword: x}",
        "{file}:3: database.connection.pasword: found an unknown key; allowed: host, port, name, user, password, "
        + "timeout.")]
    [InlineData(
        "database: {init: [a.sql]}", "{file}:1: database.init: found a list; allowed: the path of an SQL script.")]
    public void An_error_names_file_line_key_found_and_allowed(string yaml, string expected)
    {
        var error = Assert.Single(file.ErrorsOf(yaml));
        Assert.Contains(
            expected.Replace("{file}", file.Path, StringComparison.Ordinal),
            error.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_all_parts_are_named_at_once() =>
        Assert.Equal(
            [
                "broker.type",
                "custom",
                "data_store.root",
                "meta_store.type",
                "processing.running",
                "retry[0].then",
                "roles[0]",
            ],
            file.ErrorsOf(
                "broker: {type: kafka}\ndata_store: {type: disk}\nmeta_store: {type: etcd}\nprocessing: {running: "
                + "many}\nretry: [{step: query}]\nroles: web\ncustom: 5")
                .Select(error => error.Key).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("broker: {type: rabbitmq, queue: q, password: [hunter2]}")]
    [InlineData("database: {type: postgres, connection: {host: db, password: [hunter2]}}")]
    [InlineData("data_store: {type: swift, access_key_id: a, secret_access_key: [hunter2]}")]
    [InlineData("custom: '${SECRET}'")]
    [InlineData("plugin: {exif: '${SECRET}'}")]
    public void A_secret_is_not_shown(string yaml)
    {
        var errors = file.ErrorsOf(yaml, new Hashtable { ["SECRET"] = "hunter2" });
        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_told_of_a_plugin_in_a_folder_is_known_by_the_folder()
    {
        Directory.CreateDirectory(Path.Combine(file.Folder, "plugins", "thumbnails"));
        var config = file.Load("plugins: plugins\nplugin: {thumbnails: {size: 5}}");
        Assert.Equal(5, config.Pipeline.Plugins.ByPlugin["thumbnails"].GetProperty("size").GetInt32());
    }

    [Fact]
    public void The_engine_starts_as_many_activities_as_messages_may_run_and_more()
    {
        var config = file.Load("processing: {running: 500, backlog: 7}");
        Assert.Equal(500, config.Pipeline.Processing.MaxRunningCount);
        Assert.True(config.Silo.MaxActivitiesCount > 500);
        Assert.Equal(7, config.Silo.MaxWaitingActivitiesCount);
    }

    public void Dispose() => file.Dispose();
}
