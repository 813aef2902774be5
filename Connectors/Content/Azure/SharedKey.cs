using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Tributary.Connectors.Content.Azure;

/// <summary>
/// Signs requests with an account's key:
/// <see href="https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key">Authorize with Shared
/// Key</see>. Only for requests without body and query, the only kind that reading a blob needs.
/// </summary>
internal sealed class SharedKey(string account, byte[] key)
{
    /// <summary>Signs the request. The <c>x-ms-</c> headers must be set already: the signature covers them.</summary>
    public void Sign(HttpRequestMessage request)
    {
        var headers = request.Headers
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(',', header.Value)))
            .OrderBy(header => header.Name, StringComparer.Ordinal);

        // The eleven standard headers between the verb and the x-ms headers are all absent.
        var text = new StringBuilder(request.Method.Method).Append('\n', 12);
        foreach (var (name, value) in headers)
            text.Append(name).Append(':').Append(value).Append('\n');
        text.Append('/').Append(account).Append(request.RequestUri!.AbsolutePath);

        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString())));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account}:{signature}");
    }
}
