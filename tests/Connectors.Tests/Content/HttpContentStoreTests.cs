using System.Net;
using Microsoft.AspNetCore.Http;
using Tributary.Connectors.Content;
using Tributary.Connectors.Outbound;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

public sealed class HttpContentStoreTests : IAsyncLifetime
{
    private readonly Dictionary<string, RequestDelegate> pages = [];
    private WebServer server = null!;
    private WebServer inside = null!;

    public async ValueTask InitializeAsync()
    {
        server = await WebServer.StartAsync(context =>
            pages.TryGetValue(context.Request.Path.Value!, out var page) ? page(context) : Status(context, 404));
        inside = await WebServer.StartAsync(context => context.Response.WriteAsync("inside"));
        pages["/file"] = context =>
        {
            context.Response.ContentType = "Image/PNG; charset=x";
            context.Response.ContentLength = 5;
            return context.Response.WriteAsync("bytes");
        };
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await inside.DisposeAsync();
    }

    [Fact]
    public async Task A_URL_is_read_with_its_length_and_media_type()
    {
        await using var store = Make();
        await using var source = await store.OpenAsync($"{server.Url}file", TestContext.Current.CancellationToken);

        Assert.Equal((5, "image/png"), (source.Length, source.MediaType));
        Assert.Equal("bytes", await store.TextAsync($"{server.Url}file?size=1"));
    }

    [Theory]
    [InlineData(404, ConnectorFault.Missing)]
    [InlineData(410, ConnectorFault.Missing)]
    [InlineData(400, ConnectorFault.Refused)]
    [InlineData(401, ConnectorFault.Refused)]
    [InlineData(403, ConnectorFault.Refused)]
    [InlineData(304, ConnectorFault.Refused)]
    [InlineData(204, ConnectorFault.Refused)]
    [InlineData(408, ConnectorFault.Unavailable)]
    [InlineData(429, ConnectorFault.Unavailable)]
    [InlineData(500, ConnectorFault.Unavailable)]
    [InlineData(503, ConnectorFault.Unavailable)]
    public async Task The_status_says_what_kind_of_fault_it_is(int status, ConnectorFault fault)
    {
        pages["/odd"] = context => Status(context, status);
        await using var store = Make();

        var error = await Assert.ThrowsAsync<ConnectorException>(() => store.TextAsync($"{server.Url}odd?token=horse"));

        Assert.Equal(fault, error.Fault);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("file")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/x")]
    [InlineData("gopher://127.0.0.1/x")]
    [InlineData("http://user:horse@example.org/x")]
    [InlineData("http://")]
    public async Task What_is_no_URL_of_HTTP_is_refused(string location)
    {
        await using var store = Make();

        var error = await store.FaultAsync(location, ConnectorFault.Refused, "location_invalid");
        Assert.DoesNotContain("horse", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    public async Task Nothing_inside_is_called_neither_directly_nor_by_a_redirect(string target)
    {
        target = string.Format(System.Globalization.CultureInfo.InvariantCulture, target, inside.Url.Port);
        pages["/redirect"] = context =>
        {
            context.Response.Redirect(target);
            return Task.CompletedTask;
        };
        await using var strict = Config.Make(new HttpContentStoreFactory().Create, ("type", "http"));
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create, ("type", "http"), ("allow", $"127.0.0.1:{server.Url.Port}"));

        await strict.FaultAsync(target, ConnectorFault.Refused, "address_not_allowed");
        await store.FaultAsync($"{server.Url}redirect", ConnectorFault.Refused, "address_not_allowed");
        Assert.Empty(inside.Requests);
        Assert.Equal(["/redirect"], server.Requests);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_called_where_it_was_checked()
    {
        var answers = new Queue<IPAddress>([
            IPAddress.Loopback,
            IPAddress.Parse("127.0.0.2"),
            IPAddress.Parse("10.0.0.1"),
        ]);
        await using var store = Config.Make(
            new HttpContentStoreFactory((_, _) => Task.FromResult(new[] { answers.Dequeue() })).Create,
            ("type", "http"),
            ("allow", "127.0.0.1"));

        Assert.Equal("bytes", await store.TextAsync($"http://rebinds.example:{server.Url.Port}/file"));
        Assert.Equal(2, answers.Count);
    }

    [Fact]
    public async Task A_name_that_resolves_to_the_inside_is_refused()
    {
        await using var store = Config.Make(
            new HttpContentStoreFactory(
                (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback])).Create,
            ("type", "http"));

        var error = await store.FaultAsync(
            $"http://outside.example:{inside.Url.Port}/x", ConnectorFault.Refused, "address_not_allowed");

        Assert.Contains("outside.example", error.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_followed_a_few_times(int status)
    {
        pages["/1"] = context => Redirect(context, status, "2");
        pages["/2"] = context => Redirect(context, status, $"{server.Url}file");
        pages["/loop"] = context => Redirect(context, status, "/loop");
        pages["/ftp"] = context => Redirect(context, status, "ftp://example.org/");
        await using var store = Make();

        Assert.Equal("bytes", await store.TextAsync($"{server.Url}1"));
        await store.FaultAsync($"{server.Url}loop", ConnectorFault.Refused, "content_refused");
        Assert.Equal(6, server.Requests.Count(path => path == "/loop"));
        await store.FaultAsync($"{server.Url}ftp", ConnectorFault.Refused, "content_refused");
    }

    [Fact]
    public async Task With_a_base_URL_locations_are_paths_below_it()
    {
        pages["/data/a b/x"] = context => context.Response.WriteAsync($"below {context.Request.Headers.Authorization}");
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create,
            ("type", "http"),
            ("base_url", $"{server.Url}data/"),
            ("authorization", "Bearer secret"));

        Assert.Equal("below Bearer secret", await store.TextAsync("a b/x"));
        Assert.Equal("below Bearer secret", await store.TextAsync("/a%20b/x"));
        Assert.Equal("below Bearer secret", await store.TextAsync($"{server.Url}data/a%20b/x"));
        string[] elsewhere =
        [
            "../file", "a/../../file", "%2e%2e/file", "a%2f..%2f..%2ffile", "..%5cfile", $"{server.Url}file",
            $"{inside.Url}data/x", "http://example.org/", $"{server.Url}database/x", $"{server.Url}data.x",
        ];
        foreach (var location in elsewhere)
            await store.FaultAsync(location, ConnectorFault.Refused, "location_invalid");
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task An_error_below_a_base_URL_shows_no_query()
    {
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create, ("type", "http"), ("base_url", $"{server.Url}data/"));

        var error = await store.FaultAsync("x?signature=horse", ConnectorFault.Missing, "content_missing");

        Assert.Equal("content 'x' (http): the server answered 404.", error.Message);
        Assert.Equal(["/data/x?signature=horse"], server.Requests);
    }

    [Fact]
    public async Task The_secret_does_not_follow_a_redirect_elsewhere()
    {
        pages["/data/moved"] = context => Redirect(context, 302, "/open");
        pages["/open"] = context => context.Response.WriteAsync($"[{context.Request.Headers.Authorization}]");
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create,
            ("type", "http"),
            ("base_url", $"{server.Url}data"),
            ("authorization", "Bearer secret"));

        Assert.Equal("[]", await store.TextAsync("moved"));
    }

    [Fact]
    public async Task A_base_URL_lets_in_its_own_port_and_no_other_of_the_same_machine()
    {
        pages["/data/moved"] = context => Redirect(context, 302, inside.Url.AbsoluteUri);
        await using var store = Config.Make(
            new HttpContentStoreFactory().Create, ("type", "http"), ("base_url", $"{server.Url}data"));

        await store.FaultAsync("moved", ConnectorFault.Refused, "address_not_allowed");
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_not_taken_for_whole()
    {
        pages["/short"] = async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("only this");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        pages["/short-chunked"] = async context =>
        {
            await context.Response.WriteAsync("only this");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await using var store = Make();

        await store.FaultAsync($"{server.Url}short", ConnectorFault.Unavailable, "content_unavailable");
        await store.FaultAsync($"{server.Url}short-chunked", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public async Task A_server_that_stalls_is_given_up()
    {
        pages["/silent"] = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        pages["/stalls"] = async context =>
        {
            await context.Response.WriteAsync("some");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        pages["/trickles"] = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("x");
                await context.Response.Body.FlushAsync();
            }
        };
        await using var store = Make(("answer_seconds", 1), ("idle_seconds", 1), ("total_seconds", 2));

        foreach (var page in (string[])["silent", "stalls", "trickles"])
            await store.FaultAsync($"{server.Url}{page}", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public async Task Who_cancels_gets_a_cancellation_and_no_fault()
    {
        var reached = new TaskCompletionSource();
        pages["/stalls"] = async context =>
        {
            await context.Response.WriteAsync("some");
            await context.Response.Body.FlushAsync();
            reached.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await using var store = Make();
        using var cancellation = new CancellationTokenSource();

        var reading = store.BytesAsync($"{server.Url}stalls", cancellation.Token);
        await reached.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Where_nobody_listens_the_store_is_down()
    {
        await using var store = Make();
        var gone = inside.Url;
        await inside.DisposeAsync();

        await store.FaultAsync($"{gone}x", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public void Errors_of_the_configuration_are_named() =>
        Assert.Equal(
            [
                "test.yml:1: store.base_url: found a value that is not shown here; allowed: an http:// or https:// URL "
                + "without user, query and fragment.",
                "test.yml:1: store.allow[0]: found \"http://x\"; allowed: a host, HOST:PORT, an IP address or a "
                + "network such as 10.1.0.0/16.",
                "test.yml:1: store.idle_seconds: found \"0\"; allowed: a whole number of seconds from 1 to 3600.",
                "test.yml:1: store.authorization: found a value that is not shown here; allowed: the value of an "
                + "Authorization header, such as Bearer ${TOKEN}, beside a base_url.",
            ],
            Config.Errors(
                new HttpContentStoreFactory().Create,
                ("type", "http"),
                ("base_url", "http://a:horse@b/"),
                ("allow", (string[])["http://x"]),
                ("idle_seconds", 0),
                ("authorization", "Bearer x")));

    [Theory]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("198.17.255.255", true)]
    [InlineData("198.18.0.0", false)]
    [InlineData("198.19.255.255", false)]
    [InlineData("198.20.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.127.255.255", false)]
    [InlineData("100.128.0.0", true)]
    [InlineData("169.253.255.255", true)]
    [InlineData("169.255.0.0", true)]
    [InlineData("223.255.255.255", true)]
    [InlineData("224.0.0.0", false)]
    [InlineData("239.255.255.255", false)]
    [InlineData("240.0.0.0", false)]
    [InlineData("2001:1ff:ffff::1", false)]
    [InlineData("2001:200::1", true)]
    [InlineData("3fff:fff::1", false)]
    [InlineData("4000::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.1", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("64:ff9b::8.8.8.8", true)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("ff02::1", false)]
    [InlineData("::", false)]
    public void An_address_is_outside_when_it_is_globally_reachable(string address, bool isOutside) =>
        Assert.Equal(isOutside, AddressRules.IsOutside(IPAddress.Parse(address)));

    private static IContentStore Make(params (string, object?)[] more) =>
        Config.Make(new HttpContentStoreFactory().Create, [("type", "http"), ("allow", "127.0.0.0/8"), .. more]);

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Redirect(HttpContext context, int status, string target)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = target;
        return Task.CompletedTask;
    }
}
