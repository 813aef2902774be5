using Tributary.Api.ConfiguredEndpoints;
using Tributary.Api.Tests.Support;
using Tributary.Pipeline.Definitions;

namespace Tributary.Api.Tests.Rest;

public class ConfiguredEndpointTests(ConfiguredServerFixture fixture) : IClassFixture<ConfiguredServerFixture>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_route_of_the_configuration_takes_messages_of_its_source_and_finds_their_item()
    {
        const string Body = """{"sensor":"s/7","seq":1,"celsius":21.50}""";
        var first = await Server.AcceptAsync(Body, "/sensors/readings?site=12");
        var again = await Server.AcceptAsync(Body, "/sensors/readings?site=12");

        Assert.Equal("s/7", first.Item);
        Assert.Equal(first, again);
        var message = await Server.GetAsync($"/api/v1/messages/{first.Id}");
        Assert.Equal("sensors", message.GetProperty("source").GetString());
        Assert.Equal(Body, message.GetProperty("message").GetRawText());
        var item = await Server.GetAsync("/api/v1/items/s%2F7");
        Assert.Equal(
            ("s/7", 1, first.Id),
            (
                item.GetProperty("id").GetString(),
                item.GetProperty("messages").GetInt32(),
                item.GetProperty("lastMessage").GetString()));
    }

    [Theory]
    [InlineData("/sensors/readings?site=1", """{"sensor":"s","seq":2}""", "body_schema_violation", "celsius")]
    [InlineData(
        "/sensors/readings?site=1", """{"sensor":"s","seq":2,"celsius":"warm"}""", "body_schema_violation",
        "NumberExpected")]
    [InlineData("/sensors/readings?site=1", """{"sensor":["s"],"seq":2,"celsius":1}""", "item_missing", "an array")]
    [InlineData("/sensors/readings?site=1", """{"sensor":"s","celsius":1}""", "external_id_missing", "/seq")]
    [InlineData("/sensors/readings?site=1", "{", "body_not_json", "line 1")]
    [InlineData("/sensors/readings", """{"sensor":"s","seq":3,"celsius":1}""", "query_schema_violation", "site")]
    [InlineData("/sensors/readings?site=x", """{"sensor":"s","seq":3,"celsius":1}""", "query_schema_violation", "site")]
    [InlineData(
        "/sensors/readings?site=1&site=2", """{"sensor":"s","seq":3,"celsius":1}""", "parameter_repeated", "site")]
    [InlineData("/plain?x=1", "{}", "parameter_unknown", "'x'")]
    public async Task What_does_not_fit_is_refused(string path, string body, string code, string says)
    {
        using var response = await Server.PostAsync(body, path);

        await response.IsProblemAsync(400, code, says);
    }

    [Fact]
    public async Task The_method_is_the_configured_one()
    {
        using var put = await Server.Http.PutAsync("/plain", null);
        await put.IsProblemAsync(405, "method_not_allowed", "PUT");
    }

    [Fact]
    public async Task The_OpenAPI_document_shows_the_route_with_its_schemas()
    {
        var document = await Server.GetAsync("/openapi/v1.json");
        var post = document.GetProperty("paths").GetProperty("/sensors/readings").GetProperty("post");

        Assert.Equal("Readings of sensors", post.GetProperty("summary").GetString());
        Assert.Equal(
            "number",
            post.GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema")
                .GetProperty("properties")
                .GetProperty("celsius")
                .GetProperty("type")
                .GetString());
        Assert.Contains(post.GetProperty("parameters").EnumerateArray(), parameter =>
            parameter.GetProperty("name").GetString() == "site" && parameter.GetProperty("required").GetBoolean());
    }
}

public sealed class ConfiguredServerFixture : ServerFixture
{
    protected override async Task<RunningServer> StartAsync() => await RunningServer.StartAsync(new ApiOptions
    {
        Endpoints =
        [
            new EndpointDefinition
            {
                Path = "/sensors/readings", Method = "POST", Source = "sensors", Description = "Readings of sensors",
                Item = JsonPointer.Parse("/sensor"), ExternalId = JsonPointer.Parse("/seq"),
                Body = await SchemaCheck.ParseAsync(
                    """{"type":"object","required":["sensor","celsius"],"properties":{"celsius":{"type":"number"}}}"""),
                Query = await SchemaCheck.ParseAsync(
                    """{"type":"object","required":["site"],"properties":{"site":{"type":"integer"}}}"""),
            },
            new EndpointDefinition { Path = "/plain", Method = "POST", Source = "plain" },
        ],
    });
}
