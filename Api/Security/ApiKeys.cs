using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tributary.Api.Security;

/// <summary>The keys of the API, stored as hashes and compared in constant time.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private const string Bearer = "Bearer ";

    // A page in a browser can set nothing of a WebSocket's handshake but the subprotocols, so one of them may carry the
    // key.
    private const string KeyProtocol = "tributary.key.";

    private readonly byte[][] hashes = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Null when the request may go on; else <c>unauthorized</c>.</summary>
    public TributaryException? RefusalOf(HttpRequest request)
    {
        if (hashes.Length == 0)
            return null;
        return KeyOf(request) is not { } key
            ? new TributaryException(
                "unauthorized",
                "Found no key; allowed: Authorization: Bearer KEY, X-Api-Key: KEY, or for WebSockets the subprotocol "
                + "tributary.key.KEY with KEY in base64url.")
            : IsKnown(key) ? null : new TributaryException("unauthorized", "Found a key that is not known here.");
    }

    private static string? KeyOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Api-Key", out var key))
            return key.Count == 1 ? key[0] : null;
        var authorization = request.Headers.Authorization;
        if (authorization.Count == 0)
            return KeyOfProtocols(request);
        return authorization.Count == 1 && authorization[0]!.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[0]![Bearer.Length..].Trim()
            : null;
    }

    private static string? KeyOfProtocols(HttpRequest request)
    {
        var carriers = request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol")
            .Where(each => each.StartsWith(KeyProtocol, StringComparison.Ordinal)).ToList();
        return carriers.Count == 1 && Base64Url.IsValid(carriers[0].AsSpan(KeyProtocol.Length))
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(carriers[0].AsSpan(KeyProtocol.Length)))
            : null;
    }

    private bool IsKnown(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        // Every hash is compared, so that the time does not depend on the key.
        var isKnown = false;
        foreach (var known in hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        return isKnown;
    }
}
