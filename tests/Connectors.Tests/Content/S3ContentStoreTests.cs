using Microsoft.AspNetCore.Http;
using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

/// <summary>Against a server in this process that gives objects to rightly signed requests alone.</summary>
public sealed class S3ContentStoreTests : IAsyncLifetime
{
    private const string AccessKey = "AKIDEXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI-K7MDENG+bPxRfiCYEXAMPLEKEY";

    private readonly Dictionary<string, string> objects = new()
    {
        ["/first/scans/a b+ü.txt"] = "inside",
        ["/second/only-here"] = "second",
        ["/second/in-both"] = "of the second",
        ["/first/in-both"] = "of the first",
    };

    private readonly Dictionary<string, int> statuses = [];
    private WebServer server = null!;

    public async ValueTask InitializeAsync() => server = await WebServer.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_object_is_read_with_its_length_and_media_type()
    {
        await using var store = Make("first");
        await using var source = await store.OpenAsync("scans/a b+ü.txt", TestContext.Current.CancellationToken);

        Assert.Equal((6, "text/plain"), (source.Length, source.MediaType));
        Assert.Equal("inside", await store.TextAsync("scans/a b+ü.txt"));
    }

    [Fact]
    public async Task Buckets_are_looked_through_in_their_order()
    {
        await using var store = Make("second", "first");

        Assert.Equal("second", await store.TextAsync("only-here"));
        Assert.Equal("of the second", await store.TextAsync("in-both"));
        Assert.Equal("of the first", await store.TextAsync("s3://first/in-both"));
        await store.FaultAsync("nowhere", ConnectorFault.Missing, "content_missing");
        await store.FaultAsync("s3://third/x", ConnectorFault.Refused, "location_invalid");
    }

    [Fact]
    public async Task A_bucket_without_access_is_passed_over_and_one_that_is_down_is_not()
    {
        await using var store = Make("second", "first");
        statuses["/second/scans/a b+ü.txt"] = 403;
        Assert.Equal("inside", await store.TextAsync("scans/a b+ü.txt"));
        await store.FaultAsync("second-only", ConnectorFault.Missing, "content_missing");

        statuses["/second/nowhere"] = 403;
        await store.FaultAsync("nowhere", ConnectorFault.Refused, "content_refused");

        statuses["/second/in-both"] = 503;
        await store.FaultAsync("in-both", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Theory]
    [InlineData("../second/only-here")]
    [InlineData("a/./b")]
    [InlineData("")]
    public async Task A_key_that_leads_to_another_bucket_is_refused(string location)
    {
        await using var store = Make("first");

        await store.FaultAsync(location, ConnectorFault.Refused, "location_invalid");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_not_shown()
    {
        await using var store = Config.Make(
            new S3ContentStoreFactory().Create,
            ("type", "s3"),
            ("endpoint", server.Url.AbsoluteUri),
            ("bucket", "first"),
            ("access_key", AccessKey),
            ("secret_key", "wrong-horse"));

        var error = await store.FaultAsync("in-both", ConnectorFault.Refused, "content_refused");
        Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_breaks_off_is_not_taken_for_whole()
    {
        statuses["/first/in-both"] = -1;
        await using var store = Make("first");

        await store.FaultAsync("in-both", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public async Task Where_nobody_listens_the_store_is_down()
    {
        await using var store = Make("first");
        await server.DisposeAsync();

        await store.FaultAsync("in-both", ConnectorFault.Unavailable, "content_unavailable");
    }

    [Fact]
    public void Errors_of_the_configuration_are_named() =>
        Assert.Equal(
            [
                "test.yml:1: store.buckets: found nothing; allowed: the bucket or buckets to look in.",
                "test.yml:1: store.region: found neither a region nor an endpoint; allowed: the name of a region, such "
                + "as eu-central-1.",
                "test.yml:1: store.secret_key: found nothing; allowed: an access_key and its secret_key, or neither.",
            ],
            Config.Errors(new S3ContentStoreFactory().Create, ("type", "s3"), ("access_key", "a")));

    private IContentStore Make(params string[] buckets) =>
        Config.Make(
            new S3ContentStoreFactory().Create, ("type", "s3"), ("service_url", server.Url.AbsoluteUri),
            ("region", "eu-north-1"), ("buckets", buckets), ("access_key", AccessKey), ("secret_key", SecretKey));

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var status = SignatureV4.Holds(context.Request, AccessKey, SecretKey, "eu-north-1")
            ? statuses.GetValueOrDefault(path, objects.ContainsKey(path) ? 200 : 404)
            : 403;
        if (status is not (200 or -1))
        {
            var code = status switch { 403 => "SignatureDoesNotMatch", 404 => "NoSuchKey", _ => "ServiceUnavailable" };
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/xml";
            await context.Response.WriteAsync(
                $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>No.</Message></Error>");
            return;
        }

        context.Response.ContentType = "text/plain";
        context.Response.ContentLength =
            System.Text.Encoding.UTF8.GetByteCount(objects[path]) + (status == -1 ? 10 : 0);
        await context.Response.WriteAsync(objects[path]);
        await context.Response.Body.FlushAsync();
        if (status == -1)
            context.Abort();
    }
}
