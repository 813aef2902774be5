using System.Text;
using Microsoft.AspNetCore.Http;
using Tributary.Connectors.Metadata;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Metadata;

public sealed class HttpMetadataStoreTests : IAsyncLifetime
{
    private WebServer server = null!;
    private string body = "{}";
    private int status = 200;

    public async ValueTask InitializeAsync() => server = await WebServer.StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_object_is_given_as_it_is()
    {
        body = """{"mime": {"type":"image/jpeg"}, "n":1.50}""";
        await using var store = Make();

        Assert.Equal(body, Encoding.UTF8.GetString((await store.ReadAsync("a/b?c=1", TestContext.Current.CancellationToken)).Span));
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
        Config.Make(new HttpMetadataStoreFactory().Create, [("type", "http"), ("base_url", $"{server.Url}meta"), .. more]);
}
