using System.Globalization;
using System.Net.Http.Headers;
using Azure.Core;

namespace Tributary.Connectors.Content.Azure;

/// <summary>One way to log in: adds the proof of identity to a request.</summary>
internal abstract class BlobAccess
{
    /// <param name="now">The date of the request; the service accepts a difference of up to 15 minutes.</param>
    public abstract ValueTask AuthorizeAsync(
        HttpRequestMessage request, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>With the account's key.</summary>
    public sealed class Key(SharedKey key) : BlobAccess
    {
        public override ValueTask AuthorizeAsync(
            HttpRequestMessage request, DateTimeOffset now, CancellationToken cancellation)
        {
            request.Headers.Add("x-ms-date", now.ToString("R", CultureInfo.InvariantCulture));
            key.Sign(request);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>With a shared access signature, which is a query.</summary>
    public sealed class Signature(string query) : BlobAccess
    {
        public override ValueTask AuthorizeAsync(
            HttpRequestMessage request, DateTimeOffset now, CancellationToken cancellation)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Query = query }.Uri;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>As an identity of Entra ID; the credential caches and renews its tokens.</summary>
    public sealed class Identity(TokenCredential credential) : BlobAccess
    {
        private static readonly TokenRequestContext Context = new(["https://storage.azure.com/.default"]);

        public override async ValueTask AuthorizeAsync(
            HttpRequestMessage request, DateTimeOffset now, CancellationToken cancellation)
        {
            var token = await credential.GetTokenAsync(Context, cancellation);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
    }
}
