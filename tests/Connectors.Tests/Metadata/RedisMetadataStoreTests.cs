using System.Text;
using Tributary.Connectors.Metadata;
using Tributary.Connectors.Tests.Support;
using Tributary.TestingHost.Redis;

namespace Tributary.Connectors.Tests.Metadata;

public sealed class RedisMetadataStoreTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    private RedisServer server = null!;
    private IMetadataStore store = null!;

    public async ValueTask InitializeAsync()
    {
        server = await RedisServer.StartNewAsync("--requirepass", Password);
        store = Make(("password", Password));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_text_of_JSON_is_given_as_it_is()
    {
        await server.RunAsync("SET", "key", """{"mime": {"type":"image/jpeg"}, "ü":1.50}""");

        Assert.Equal("""{"mime": {"type":"image/jpeg"}, "ü":1.50}""", await ReadAsync("key"));
    }

    [Fact]
    public async Task A_hash_is_an_object_of_strings()
    {
        await server.RunAsync("HSET", "hash", "type", "image/jpeg", "size", "17", "quote", "\"");

        Assert.Equal("""{"quote":"\u0022","size":"17","type":"image/jpeg"}""", await ReadAsync("hash"));
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_missing_until_it_is()
    {
        await store.FaultAsync("later", ConnectorFault.Missing, "metadata_missing");
        await server.RunAsync("SET", "later", "{}");
        Assert.Equal("{}", await ReadAsync("later"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\":")]
    public async Task What_is_no_object_is_refused(string value)
    {
        await server.RunAsync("SET", "odd", value);

        await store.FaultAsync("odd", ConnectorFault.Refused, "metadata_invalid");
    }

    [Fact]
    public async Task Another_kind_of_value_is_refused()
    {
        await server.RunAsync("RPUSH", "list", "{}");

        await store.FaultAsync("list", ConnectorFault.Refused, "metadata_invalid");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused()
    {
        await server.RunAsync(
            "EVAL", "redis.call('SET','raw','{\"a\":\"\\255\"}') redis.call('HSET','rawhash','a','\\255')", "0");

        await store.FaultAsync("raw", ConnectorFault.Refused, "metadata_invalid");
        await store.FaultAsync("rawhash", ConnectorFault.Refused, "metadata_invalid");
    }

    [Fact]
    public async Task What_is_too_large_is_refused()
    {
        await server.RunAsync("EVAL",
            "redis.call('SET','large','{\"a\":\"' .. string.rep('x', 2000) .. '\"}') "
            + "redis.call('HSET','largehash','a',string.rep('x', 2000))", "0");
        await using var small = Make(("password", Password), ("max_bytes", 1024));

        await small.FaultAsync("large", ConnectorFault.Refused, "metadata_invalid");
        await small.FaultAsync("largehash", ConnectorFault.Refused, "metadata_invalid");
        Assert.StartsWith("{\"a\":\"xxx", await ReadAsync("large"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_and_prefix_choose_the_key()
    {
        await server.RunAsync("-n", "3", "SET", "meta:k", """{"in":3}""");
        await using var other = Make(("password", Password), ("database", 3), ("key_prefix", "meta:"));

        Assert.Equal(
            """{"in":3}""",
            Encoding.UTF8.GetString((await other.ReadAsync("k", TestContext.Current.CancellationToken)).Span));
        await store.FaultAsync("meta:k", ConnectorFault.Missing, "metadata_missing");
    }

    [Fact]
    public async Task A_wrong_password_is_named_as_the_reason_and_not_shown()
    {
        await using var wrong = Make(("password", "wrong horse"));
        await using var none = Make();

        await ReadUntilRefusedAsync(wrong);
        await ReadUntilRefusedAsync(none);
    }

    [Fact]
    public async Task It_comes_back_by_itself_when_the_server_does()
    {
        await server.RunAsync("SET", "key", """{"a":1}""");
        Assert.Equal("""{"a":1}""", await ReadAsync("key"));

        await server.StopAsync();
        await store.FaultAsync("key", ConnectorFault.Unavailable, "metadata_unavailable");

        await server.StartAsync();
        Assert.Equal("""{"a":1}""", await ReadWhenThereAsync(store, "key"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_may_come_later()
    {
        await server.RunAsync("SET", "key", "{}");
        await server.StopAsync();
        await using var early = Make(("password", Password));
        await early.FaultAsync("key", ConnectorFault.Unavailable, "metadata_unavailable");

        await server.StartAsync();

        Assert.Equal("{}", await ReadWhenThereAsync(early, "key"));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_unavailable_after_the_time_limit()
    {
        await server.RunAsync("SET", "key", "{}");
        Assert.Equal("{}", await ReadAsync("key"));
        await using var quick = Make(("password", Password), ("timeout_seconds", 1));
        _ = await ReadWhenThereAsync(quick, "key");
        await server.SuspendAsync();

        await quick.FaultAsync("key", ConnectorFault.Unavailable, "metadata_unavailable");

        await server.ResumeAsync();
        Assert.Equal("{}", await ReadWhenThereAsync(quick, "key"));
    }

    [Fact]
    public void The_keys_of_existing_configurations_are_enough() =>
        Assert.NotNull(
            Config.Make(
                new RedisMetadataStoreFactory().Create, ("type", "redis"), ("host", "localhost"), ("port", 6379)));

    [Fact]
    public void Errors_of_the_configuration_are_named() =>
        Assert.Equal(
            [
                "test.yml:1: store.tls: found \"maybe\"; allowed: true or false.",
                "test.yml:1: store.database: found \"-1\"; allowed: a whole number of a database's number from 0 to "
                + "1000000.",
            ],
            Config.Errors(new RedisMetadataStoreFactory().Create, ("type", "redis"), ("database", -1), ("tls", "maybe"))
        );

    private IMetadataStore Make(params (string, object?)[] more) =>
        Config.Make(
            new RedisMetadataStoreFactory().Create,
            [("type", "redis"), ("host", "127.0.0.1"), ("port", server.Port), .. more]);

    private async Task<string> ReadAsync(string key) =>
        Encoding.UTF8.GetString((await store.ReadAsync(key, TestContext.Current.CancellationToken)).Span);

    // The client knows the reason a moment after it has failed to connect.
    private static async Task ReadUntilRefusedAsync(IMetadataStore store) => await Waiting.UntilAsync(
        async () =>
        {
            var error = await Assert.ThrowsAsync<ConnectorException>(
                async () => await store.ReadAsync("key", TestContext.Current.CancellationToken));
            Assert.Equal(ConnectorFault.Unavailable, error.Fault);
            Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
            return error.Message.EndsWith("the server refuses the login.", StringComparison.Ordinal);
        },
        "the refused login is the reason");

    // The connection comes back in its own time; each read is bounded, and so is the whole.
    private static async Task<string> ReadWhenThereAsync(IMetadataStore store, string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return Encoding.UTF8.GetString((await store.ReadAsync(key, limit.Token)).Span);
            }
            catch (ConnectorException error) when (error.Fault == ConnectorFault.Unavailable)
            {
                await pace.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
