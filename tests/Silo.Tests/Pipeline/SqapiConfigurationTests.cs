using System.Globalization;
using Npgsql;
using Tributary.TestingHost.Swift;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>Configurations as sqAPI has them, as they stand but for ports, names of databases, the time to connect
/// and the root of the disk, with the real peers.</summary>
public sealed class SqapiConfigurationTests(PeersFixture peers) : IClassFixture<PeersFixture>
{
    private const string Parser = """
        message:
          parser: {type: string, format: 'uuid|file|metadata', delimiter: '|'}
          mime: {path: 'mime.type', path_separator: ':'}
          fields: {uuid: {key: uuid, required: True}, data_location: {key: file, required: True},
            meta_location: {key: uuid, required: True}, metadata: {key: metadata, required: False}}

        """;

    private const string Database = """
        database: {type: postgres, init: scripts/init.sql,
          connection: {name: '${PG_NAME}', port: '${PG_PORT}', user: postgres, host: localhost, password: postgres,
          timeout: 60}}

        """;

    private const string Disk = """
        data_store: {type: disk, root: '${CONTENT}'}

        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RabbitMQ_with_the_string_parser_and_metadata_in_Redis()
    {
        const string Broker = """
            packages: {install: False}
            broker: {type: rabbitmq, host: localhost, port: '${RABBIT_PORT}', routing_key: q_sqapi,
              exchange_name: x_sqapi, exchange_type: topic, process_delay: 0, requeue: false}
            meta_store: {type: redis, host: localhost, port: '${REDIS_PORT}'}

            """;
        await peers.SetAsync("item-1", """{"mime.type":"text/x-note"}""");
        await using var server = await PipelineServer.StartNewAsync(
            Broker + Parser + Database + Disk, await peers.NewEnvironmentAsync());
        await server.WriteAsync("a.txt", "hello");

        await new Publisher(peers.Rabbit.Port, "x_sqapi", "q_sqapi").PublishAsync(
            [("m-1", "item-1|a.txt|")], Cancellation);

        await server.WaitAsync("completed", 1);
        Assert.Equal(
            "text/x-note", (await server.RecordAsync("datatypes", "item-1")).GetProperty("media_type").GetString());
        Assert.Equal(
            "5d41402abc4b2a76b9719d911017c592",
            (await server.RecordAsync("hashes", "item-1")).GetProperty("md5").GetString());
        Assert.Contains("scripts/init.sql, which is not there", server.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RabbitMQ_with_the_JSON_parser()
    {
        const string Broker = """
            broker:
              type: 'rabbitmq'
              host: 'localhost'
              port: ${RABBIT_PORT}
              routing_key: 'q_json'
              exchange_name: 'x_json'
              exchange_type: 'fanout'
              process_delay: 0
              requeue: false
            message:
              parser:
                type: json
              fields:
                data_location: {key: 'data_path', required: True}
                meta_location: {key: 'meta_location', required: True}
                uuid: {key: 'uuid', required: True}

            """;
        await using var server = await PipelineServer.StartNewAsync(
            Broker + Database + Disk, await peers.NewEnvironmentAsync());
        await server.WriteAsync("b.txt", "hello");

        await new Publisher(peers.Rabbit.Port, "x_json", "q_json").PublishAsync(
            [
                ("m-1", """{"uuid":"item-2","data_path":"b.txt","meta_location":"nowhere"}"""),
                ("m-2", """{"uuid":"item-3"}"""),
            ],
            Cancellation);

        await server.WaitAsync("completed", 1);
        await server.WaitAsync("parked", 1);
        Assert.Equal(5, (await server.RecordAsync("sizes", "item-2")).GetProperty("bytes").GetInt32());
        Assert.Equal("accept", Assert.Single(await server.FailuresAsync()).GetProperty("step").GetString());
    }

    [Fact]
    public async Task ZeroMQ_that_binds_a_PULL_socket_with_the_string_parser()
    {
        const string Broker = """
            broker: {type: zeromq, host: '*', port: '${ZMQ_PORT}', connection_type: bind, socket_type: 7,
              protocol: tcp, retry_interval: 0, process_delay: 0}

            """;
        var environment = await peers.NewEnvironmentAsync();
        await using var server = await PipelineServer.StartNewAsync(Broker + Parser + Database + Disk, environment);
        await server.WriteAsync("c.txt", "hello");

        await ZeroMqProducer.SendAsync(
            "PUSH",
            "connect",
            PortOf(environment),
            ["""item-4|c.txt|{"mime":{"type":"text/x-inline"},"bar":"a|b"}"""],
            Cancellation);

        await server.WaitAsync("completed", 1);
        Assert.Equal(
            "text/x-inline", (await server.RecordAsync("datatypes", "item-4")).GetProperty("media_type").GetString());
    }

    [Fact]
    public async Task ZeroMQ_that_connects_a_SUB_socket()
    {
        const string Broker = """
            broker: {type: zeromq, host: localhost, port: '${ZMQ_PORT}', connection_type: connect, socket_type: 2,
              protocol: tcp}

            """;
        var environment = await peers.NewEnvironmentAsync();
        await using var server = await PipelineServer.StartNewAsync(Broker + Parser + Database + Disk, environment);
        await server.WriteAsync("d.txt", "hello");

        await ZeroMqProducer.SendAsync(
            "PUB", "bind", PortOf(environment), ["item-5|d.txt|", "item-6|d.txt|"], Cancellation);

        await server.WaitAsync("completed", 2);
        Assert.Equal(
            "text/plain", (await server.RecordAsync("datatypes", "item-6")).GetProperty("media_type").GetString());
    }

    [Fact]
    public async Task The_older_msg_broker_with_its_message_fields()
    {
        const string Broker = """
            msg_broker:
              type: rabbitmq
              host: localhost
              port: ${RABBIT_PORT}
              routing_key: q_old
              exchange_name: x_old
              exchange_type: topic
              message_fields:
                uuid: {key: id, required: True}
                data_location: {key: path, required: True}

            """;
        await using var server = await PipelineServer.StartNewAsync(
            Broker + Database + Disk, await peers.NewEnvironmentAsync());
        await server.WriteAsync("e.txt", "hello");

        await new Publisher(peers.Rabbit.Port, "x_old", "q_old").PublishAsync(
            [("m-1", """{"id":"item-7","path":"e.txt"}""")], Cancellation);

        await server.WaitAsync("completed", 1);
        Assert.Equal(5, (await server.RecordAsync("sizes", "item-7")).GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task A_list_of_brokers_each_with_a_mapping_of_its_own()
    {
        const string Brokers = """
            broker:
              - {type: rabbitmq, name: notes, host: localhost, port: '${RABBIT_PORT}', queue: q_list}
              - type: zeromq
                name: files
                host: '*'
                port: ${ZMQ_PORT}
                connection_type: bind
                message: {parser: {type: json}, fields: {uuid: {key: id}, data_location: {key: path}}}

            """;
        var environment = await peers.NewEnvironmentAsync();
        await using var server = await PipelineServer.StartNewAsync(Brokers + Parser + Database + Disk, environment);
        await server.WriteAsync("f.txt", "hello");

        await new Publisher(peers.Rabbit.Port, "", "q_list").PublishAsync([("m-1", "item-8|f.txt|")], Cancellation);
        await ZeroMqProducer.SendAsync(
            "PUSH", "connect", PortOf(environment), ["""{"id":"item-9","path":"f.txt"}"""], Cancellation);

        await server.WaitAsync("completed", 2);
        Assert.Equal(5, (await server.RecordAsync("sizes", "item-8")).GetProperty("bytes").GetInt32());
        Assert.Equal(5, (await server.RecordAsync("sizes", "item-9")).GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Content_in_Swift()
    {
        const string Swift = """
            broker: {type: rest}
            message: {fields: {uuid: {key: id}, data_location: {key: path}}}
            data_store: {type: swift, auth_url: '${SWIFT_URL}', access_key_id: 'group:user',
              secret_access_key: '${SWIFT_KEY}', containers: [testcontainer], auth_version: '3', insecure: 'true',
              os_options: {user_domain_name: Default, project_domain_name: Default, project_name: Default}}

            """;
        await using var swift = await SwiftServer.StartNewAsync();
        await swift.PutAsync("/testcontainer");
        using var body = new StringContent("hello");
        await swift.PutAsync("/testcontainer/g.txt", body);
        var environment = await peers.NewEnvironmentAsync();
        environment["SWIFT_URL"] = swift.AuthUrl;
        environment["SWIFT_KEY"] = SwiftServer.Key;
        await using var server = await PipelineServer.StartNewAsync(Swift + Database, environment);

        await server.PostAsync("""{"id":"item-10","path":"g.txt"}""");

        await server.WaitAsync("completed", 1);
        Assert.Equal(
            "5d41402abc4b2a76b9719d911017c592",
            (await server.RecordAsync("hashes", "item-10")).GetProperty("md5").GetString());
    }

    [Fact]
    public async Task The_script_of_the_database_runs_once()
    {
        var environment = await peers.NewEnvironmentAsync();
        await using var server = await PipelineServer.StartNewAsync(Database, environment, folder =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "scripts"));
            File.WriteAllText(
                Path.Combine(folder, "scripts", "init.sql"),
                "create table if not exists runs(at timestamptz); insert into runs values (now());");
        });
        Assert.Equal(0, await server.Process.StopAsync(Cancellation));
        await server.Process.StartAsync(Cancellation);

        await using var connection = new NpgsqlConnection(
            peers.Cluster.ConnectionString(environment["PG_NAME"]) + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var count = new NpgsqlCommand("select count(*) from runs", connection);
        Assert.Equal(1L, await count.ExecuteScalarAsync(Cancellation));
    }

    private static int PortOf(Dictionary<string, string> environment) =>
        int.Parse(environment["ZMQ_PORT"], CultureInfo.InvariantCulture);
}
