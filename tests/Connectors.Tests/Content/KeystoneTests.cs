using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

/// <summary>Swift behind version 3 of Keystone, both spoken by a server in this process.</summary>
public sealed class KeystoneTests : IAsyncLifetime
{
    private readonly List<JsonNode> logins = [];
    private WebServer server = null!;
    private string validToken = "token-1";
    private int status = StatusCodes.Status201Created;

    public async ValueTask InitializeAsync() => server = await WebServer.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_user_of_a_group_logs_in_for_the_project_of_that_name()
    {
        await using var store = Make(Config.Map(("user_domain_name", "Default"), ("project_domain_id", "p-domain")));

        Assert.Equal("bytes", await store.TextAsync("x"));
        Assert.Equal(
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"user","domain":{"name":"Default"},"password":"secret-horse"}}},"scope":{"project":{"name":"group","domain":{"id":"p-domain"}}}}}""",
            Assert.Single(logins).ToJsonString());
        Assert.Equal(["/v3/auth/tokens", "/two/public/AUTH_1/box/x"], server.Requests);
    }

    [Fact]
    public async Task Region_and_interface_choose_the_endpoint()
    {
        await using var store = Make(
            Config.Map(("user_domain_id", "d"), ("region_name", "one"), ("endpoint_type", "internalURL")));

        Assert.Equal("bytes", await store.TextAsync("x"));
        Assert.Equal("/one/internal/AUTH_1/box/x", server.Requests[^1]);

        await using var elsewhere = Make(Config.Map(("region_name", "three")));
        Assert.Contains(
            "no public endpoint of type object-store in three",
            (await elsewhere.FaultAsync("x", ConnectorFault.Refused, "content_refused")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_credential_needs_no_user()
    {
        await using var store = Make(
            Config.Map(
                ("auth_type", "v3applicationcredential"),
                ("application_credential_id", "id"),
                ("application_credential_secret", "s")));

        Assert.Equal("bytes", await store.TextAsync("x"));
        Assert.Equal(
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"id","secret":"s"}}}}""",
            Assert.Single(logins).ToJsonString());
    }

    [Fact]
    public async Task A_token_that_expired_is_renewed_once()
    {
        await using var store = Make(null);
        Assert.Equal("bytes", await store.TextAsync("x"));
        validToken = "token-2";

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.TextAsync("x"))), text =>
            Assert.Equal("bytes", text));

        Assert.Equal(2, logins.Count);
    }

    [Theory]
    [InlineData(401, ConnectorFault.Refused)]
    [InlineData(503, ConnectorFault.Unavailable)]
    [InlineData(404, ConnectorFault.Unavailable)]
    public async Task A_login_that_fails_says_why_without_the_secret(int answered, ConnectorFault fault)
    {
        status = answered;
        await using var store = Make(null);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => store.TextAsync("x"));
        Assert.Equal(fault, error.Fault);
        Assert.Contains($"{answered}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_the_configuration_are_named() =>
        Assert.Equal(
            [
                "test.yml:1: store.os_options.project: found an unknown key; allowed: auth_type, "
                + "application_credential_id, application_credential_secret, endpoint_type, object_storage_url, "
                + "project_domain_id, project_domain_name, project_id, project_name, region_name, service_type, "
                + "tenant_id, tenant_name, user_domain_id, user_domain_name, user_id.",
                "test.yml:1: store.access_key_id: found nothing; allowed: a user, as group:user where the service "
                + "wants it so.",
                "test.yml:1: store.secret_access_key: found nothing; allowed: the user's secret.",
                "test.yml:1: store.auth_url: found version 2 of Keystone; allowed: a URL that ends with /v3 or names "
                + "no version, or TempAuth's, which ends with /v1.0.",
            ],
            Config.Errors(
                new SwiftContentStoreFactory().Create, ("type", "swift"), ("auth_url", "http://k:5000/v2.0"),
                ("os_options", Config.Map(("project", "x")))));

    private IContentStore Make(ConfigMap? options) =>
        Config.Make(
            new SwiftContentStoreFactory().Create,
            ("type", "swift"),
            ("auth_url", server.Url.AbsoluteUri),
            ("auth_version", "3"),
            ("access_key_id", "group:user"),
            ("secret_access_key", "secret-horse"),
            ("containers", "box"),
            ("os_options", options ?? Config.Map(("user_domain_name", "Default"))));

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/v3/auth/tokens")
        {
            if (context.Request.Headers["X-Auth-Token"] != validToken)
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else
                await context.Response.WriteAsync("bytes");
            return;
        }

        var login = (await JsonNode.ParseAsync(context.Request.Body))!;
        lock (logins)
            logins.Add(login);
        context.Response.StatusCode = status;
        context.Response.Headers["X-Subject-Token"] = validToken;
        var endpoints = new JsonArray([
            .. from region in (string[])["two", "one"]
            from kind in (string[])["admin", "internal", "public"]
            select Endpoint(region, kind),
        ]);
        var catalogue = new JsonArray(
            new JsonObject { ["type"] = "compute", ["endpoints"] = new JsonArray(Endpoint("one", "public")) },
            new JsonObject { ["type"] = "object-store", ["endpoints"] = endpoints });
        await context.Response.WriteAsync(
            new JsonObject { ["token"] = new JsonObject { ["catalog"] = catalogue } }.ToJsonString());
    }

    private JsonNode Endpoint(string region, string kind) =>
        new JsonObject
        {
            ["region"] = region,
            ["interface"] = kind,
            ["url"] = $"{server.Url.AbsoluteUri}{region}/{kind}/AUTH_1",
        };
}
