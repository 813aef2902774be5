using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tributary.Connectors.Content;
using Tributary.Connectors.Tests.Support;

namespace Tributary.Connectors.Tests.Content;

/// <summary>Against a server in this process that gives blobs to rightly authorised requests alone.</summary>
public sealed class AzureBlobContentStoreTests : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Signature = "sv=2021-12-02&sr=c&sp=r&sig=a%2Bb%3D";
    private const string Token = "identity-token";

    private readonly Dictionary<string, string> blobs = new()
    {
        [$"/{Account}/first/scans/a b+ü.txt"] = "inside",
        [$"/{Account}/second/only-here"] = "second",
    };

    private WebServer server = null!;

    public async ValueTask InitializeAsync() => server = await WebServer.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_blob_is_read_with_the_key_of_the_account()
    {
        await using var store = Make(("account_key", Key), ("container", "first"));
        await using var source = await store.OpenAsync("scans/a b+ü.txt", TestContext.Current.CancellationToken);

        Assert.Equal((6, "text/plain"), (source.Length, source.MediaType));
        Assert.Equal("inside", await store.TextAsync("scans/a b+ü.txt"));
    }

    [Theory]
    [InlineData(Signature)]
    [InlineData("?" + Signature)]
    public async Task A_blob_is_read_with_a_shared_access_signature(string signature)
    {
        await using var store = Make(("sas_token", signature), ("containers", "first"));

        Assert.Equal("inside", await store.TextAsync("scans/a b+ü.txt"));
    }

    [Fact]
    public async Task A_blob_is_read_as_an_identity()
    {
        await using var store = Config.Make(
            new AzureBlobContentStoreFactory(() => new KnownIdentity()).Create,
            ("type", "azure-blob"),
            ("account", Account),
            ("endpoint", $"{server.Url}{Account}"),
            ("container", "first"));

        Assert.Equal("inside", await store.TextAsync("scans/a b+ü.txt"));
    }

    [Fact]
    public async Task Containers_are_looked_through_in_their_order()
    {
        await using var store = Make(("account_key", Key), ("containers", (string[])["first", "second"]));

        Assert.Equal("second", await store.TextAsync("only-here"));
        await store.FaultAsync("nowhere", ConnectorFault.Missing, "content_missing");
        await store.FaultAsync("../second/only-here", ConnectorFault.Refused, "location_invalid");
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_not_shown()
    {
        await using var wrongKey = Make(("account_key", "d3JvbmctaG9yc2U="), ("container", "first"));
        await using var wrongSignature = Make(("sas_token", "sig=wrong-horse"), ("container", "first"));

        foreach (var store in (IContentStore[])[wrongKey, wrongSignature])
        {
            var error = await store.FaultAsync("scans/a b+ü.txt", ConnectorFault.Refused, "content_refused");
            Assert.DoesNotContain("horse", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("d3Jv", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Errors_of_the_configuration_are_named()
    {
        Assert.Equal(
            [
                "test.yml:1: store.account: found \"My_Account\"; allowed: the name of a storage account: 3 to 24 "
                + "lower-case letters and digits.",
                "test.yml:1: store.containers: found nothing; allowed: the container or containers to look in.",
                "test.yml:1: store.account_key: found a value that is not shown here; allowed: an account key in "
                + "base64.",
            ],
            Config.Errors(
                new AzureBlobContentStoreFactory().Create, ("type", "azure-blob"), ("account", "My_Account"),
                ("account_key", "%%%")));
        Assert.Equal(
            [
                "test.yml:1: store.account_key: found several ways to be let in; allowed: at most one of account_key, "
                + "sas_token, and tenant_id with client_id and client_secret.",
            ],
            Config.Errors(
                new AzureBlobContentStoreFactory().Create, ("type", "azure-blob"), ("account", Account),
                ("container", "c"), ("account_key", Key), ("sas_token", "sig=x")));
    }

    private IContentStore Make(params (string, object?)[] more) =>
        Config.Make(
            new AzureBlobContentStoreFactory().Create,
            [("type", "azure-blob"), ("account", Account), ("endpoint", $"{server.Url}{Account}"), .. more]);

    private async Task AnswerAsync(HttpContext context)
    {
        var isIn =
            context.Request.Headers["x-ms-version"] == "2021-12-02"
            && (
                context.Request.QueryString.Value == "?" + Signature
                || context.Request.Headers.Authorization == $"Bearer {Token}"
                || IsSigned(context.Request));
        if (!isIn || !blobs.TryGetValue(context.Request.Path.Value!, out var blob))
        {
            context.Response.StatusCode = isIn ? 404 : 403;
            return;
        }

        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(blob);
        await context.Response.WriteAsync(blob);
    }

    // As the service's documentation says, from what arrived and nothing else.
    private static bool IsSigned(HttpRequest request)
    {
        var isRecent =
            DateTimeOffset.TryParseExact(
                request.Headers["x-ms-date"], "R", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && (TimeProvider.System.GetUtcNow() - date).Duration() < TimeSpan.FromMinutes(15);
        string[] standard =
        [
            "Content-Encoding",
            "Content-Language",
            "Content-Length",
            "Content-MD5",
            "Content-Type",
            "Date",
            "If-Modified-Since",
            "If-Match",
            "If-None-Match",
            "If-Unmodified-Since",
            "Range",
        ];
        var lines = standard
            .Select(name => request.Headers[name].ToString() is "0" ? "" : request.Headers[name].ToString())
            .Prepend(request.Method)
            .ToList();
        lines.AddRange(
            request
                .Headers.Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
                .Select(header => $"{header.Key.ToLowerInvariant()}:{header.Value}")
                .Order(StringComparer.Ordinal));
        lines.Add($"/{Account}{request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0]}");
        lines.AddRange(
            request
                .Query.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key.ToLowerInvariant()}:{pair.Value}"));
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(string.Join('\n', lines))));
        return isRecent && request.Headers.Authorization == $"SharedKey {Account}:{signature}";
    }

    private sealed class KnownIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(requestContext.Scopes is ["https://storage.azure.com/.default"] ? Token : "", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
