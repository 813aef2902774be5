using Tributary.Connectors.Configuration;
using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Support;
using Tributary.TestingHost.Swift;

namespace Tributary.Connectors.Tests.Content;

/// <summary>Against a real Swift with TempAuth.</summary>
public sealed class SwiftContentStoreTests(SwiftContentStoreTests.Server server)
    : IClassFixture<SwiftContentStoreTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        public SwiftServer Swift { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Swift = await SwiftServer.StartNewAsync();
            await Swift.PutAsync("/first");
            await Swift.PutAsync("/second");
            await Swift.PutAsync("/first/scans/a%20b.txt", new StringContent("inside", null, "text/plain"));
            await Swift.PutAsync("/second/only-here", new StringContent("second"));
            await Swift.PutAsync("/second/in-both", new StringContent("of the second"));
            await Swift.PutAsync("/first/in-both", new StringContent("of the first"));
        }

        public ValueTask DisposeAsync() => Swift.DisposeAsync();
    }

    [Fact]
    public async Task The_configuration_of_sqAPI_works_as_it_stands()
    {
        List<string> warnings = [];
        List<ConfigError> errors = [];
        var config = Config.Map(
            ("type", "swift"),
            ("auth_url", server.Swift.AuthUrl),
            ("access_key_id", SwiftServer.User),
            ("secret_access_key", SwiftServer.Key),
            ("containers", (string[])["first"]),
            ("auth_version", "3"),
            ("insecure", "true"),
            (
                "os_options",
                Config.Map(
                    ("user_domain_name", "Default"), ("project_domain_name", "Default"), ("project_name", "group"))));

        await using var store = new SwiftContentStoreFactory().Create(
            Config.Field(config, errors), Config.Services(warnings.Add));

        Assert.Empty(errors);
        Assert.Equal("inside", await store!.TextAsync("scans/a b.txt"));
        Assert.Equal(
            "test.yml:1: store.auth_version: found 3 beside an auth_url that ends with /v1.0: version 1 is used.",
            Assert.Single(warnings));
    }

    [Fact]
    public async Task Length_and_media_type_come_with_the_content()
    {
        await using var store = Make("first");
        await using var source = await store.OpenAsync("scans/a b.txt", TestContext.Current.CancellationToken);

        Assert.Equal((6, "text/plain"), (source.Length, source.MediaType));
    }

    [Fact]
    public async Task Containers_are_looked_through_in_their_order()
    {
        await using var store = Make("no-such-container", "second", "first");

        Assert.Equal("second", await store.TextAsync("only-here"));
        Assert.Equal("of the second", await store.TextAsync("in-both"));
        var error = await store.FaultAsync("nowhere", ConnectorFault.Missing, "content_missing");
        Assert.Contains("no-such-container, second, first", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_containers_all_of_the_account_are_looked_through()
    {
        await using var store = Make();

        Assert.Equal("second", await store.TextAsync("only-here"));
        await store.FaultAsync("nowhere", ConnectorFault.Missing, "content_missing");
    }

    [Fact]
    public async Task What_is_not_there_is_missing_until_it_is()
    {
        await using var store = Make("first");
        await store.FaultAsync("later", ConnectorFault.Missing, "content_missing");
        await server.Swift.PutAsync("/first/later", new StringContent("now"));
        Assert.Equal("now", await store.TextAsync("later"));
    }

    [Fact]
    public async Task A_token_that_expired_is_replaced_once_for_all_who_read()
    {
        await using var store = Make("first");
        Assert.Equal("inside", await store.TextAsync("scans/a b.txt"));

        await server.Swift.ForgetTokensAsync();

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.TextAsync("scans/a b.txt"))), text =>
            Assert.Equal("inside", text));
    }

    [Fact]
    public async Task An_object_in_segments_is_read_as_one()
    {
        await server.Swift.PutAsync("/second/segments/1", new StringContent("one "));
        await server.Swift.PutAsync("/second/segments/2", new StringContent("two"));
        await server.Swift.PutAsync("/first/whole", null, ("X-Object-Manifest", "second/segments/"));
        await using var store = Make("first");

        Assert.Equal("one two", await store.TextAsync("whole"));
    }

    [Theory]
    [InlineData("../second/only-here")]
    [InlineData("./x")]
    [InlineData("")]
    public async Task A_name_that_leads_to_another_container_is_refused(string location)
    {
        await using var store = Make("first");

        await store.FaultAsync(location, ConnectorFault.Refused, "location_invalid");
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_not_shown()
    {
        await using var store = Config.Make(
            new SwiftContentStoreFactory().Create,
            ("type", "swift"),
            ("auth_url", server.Swift.AuthUrl),
            ("access_key_id", SwiftServer.User),
            ("secret_access_key", "wrong-horse"),
            ("containers", "first"));

        var error = await store.FaultAsync("in-both", ConnectorFault.Refused, "content_refused");
        Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
    }

    private IContentStore Make(params string[] containers) =>
        Config.Make(
            new SwiftContentStoreFactory().Create, ("type", "swift"), ("auth_url", server.Swift.AuthUrl),
            ("access_key_id", SwiftServer.User), ("secret_access_key", SwiftServer.Key),
            ("containers", containers.Length == 0 ? null : containers));
}
