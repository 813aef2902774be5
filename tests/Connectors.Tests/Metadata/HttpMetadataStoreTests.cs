using System.Text;
using Microsoft.AspNetCore.Http;
using Tributary.Connectors.Metadata;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Metadata;

public sealed class HttpMetadataStoreTests : IAsyncLifetime
{
    private WebServer server = null!;
    private string body = "{}";
    private byte[]? raw;
    private long? length;
    private int status = 200;

    public async ValueTask InitializeAsync() => server = await WebServer.StartAsync(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = length;
        return raw is null ? context.Response.WriteAsync(body) : context.Response.Body.WriteAsync(raw).AsTask();
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_object_is_given_as_it_is()
    {
        body = """{"mime": {"type":"image/jpeg"}, "n":1.50}""";
        await using var store = Make();

        Assert.Equal(
            body,
            Encoding.UTF8.GetString((await store.ReadAsync("a/b?c=1", TestContext.Current.CancellationToken)).Span));
        Assert.Equal(["/meta/a/b?c=1"], server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{\"a\":1}{}")]
    public async Task What_is_no_object_is_refused(string answer)
    {
        body = answer;
        await using var store = Make();

        await store.FaultAsync("x", ConnectorFault.Refused, "metadata_invalid");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_of_the_greatest_size_is_given_and_one_byte_more_is_not(bool isAnnounced)
    {
        foreach (var (size, isGiven) in new[] { (1024, true), (1025, false) })
        {
            body = $$"""{"a":"{{new string('x', size - 8)}}"}""";
            length = isAnnounced ? size : null;
            await using var store = Make(("max_bytes", 1024));
            if (isGiven)
                Assert.Equal(size, (await store.ReadAsync("x", TestContext.Current.CancellationToken)).Length);
            else
                await store.FaultAsync("x", ConnectorFault.Refused, "metadata_invalid");
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_in_a_text_are_refused()
    {
        raw = [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8];
        await using var store = Make();

        await store.FaultAsync("x", ConnectorFault.Refused, "metadata_invalid");
    }

    [Fact]
    public async Task What_is_too_large_is_refused_before_it_is_read_whole()
    {
        body = $$"""{"a":"{{new string('x', 2000)}}"}""";
        await using var store = Make(("max_bytes", 1024));

        await store.FaultAsync("x", ConnectorFault.Refused, "metadata_invalid");
    }

    [Theory]
    [InlineData(404, ConnectorFault.Missing, "metadata_missing")]
    [InlineData(500, ConnectorFault.Unavailable, "metadata_unavailable")]
    [InlineData(403, ConnectorFault.Refused, "metadata_refused")]
    public async Task The_status_says_what_kind_of_fault_it_is(int answered, ConnectorFault fault, string code)
    {
        status = answered;
        await using var store = Make();

        await store.FaultAsync("x", fault, code);
    }

    [Fact]
    public async Task Nothing_inside_is_called_unless_it_is_allowed()
    {
        await using var store = Config.Make(new HttpMetadataStoreFactory().Create, ("type", "http"));

        await store.FaultAsync(server.Url.AbsoluteUri, ConnectorFault.Refused, "address_not_allowed");
        Assert.Empty(server.Requests);
    }

    private IMetadataStore Make(params (string, object?)[] more) =>
        Config.Make(
            new HttpMetadataStoreFactory().Create, [("type", "http"), ("base_url", $"{server.Url}meta"), .. more]);
}
