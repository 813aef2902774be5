using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tributary.Connectors.Tests.Content;

/// <summary>
/// Recomputes the signature of a request as Amazon's documentation says, from what arrived and nothing else.
/// </summary>
internal static class SignatureV4
{
    public static bool Holds(HttpRequest request, string accessKey, string secretKey, string region)
    {
        // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/s3/aws4_request, SignedHeaders=a;b, Signature=HEX
        var parts = request.Headers.Authorization.ToString().Split(' ', 2);
        var fields = parts[^1]
            .Split(',')
            .Select(part => part.Trim().Split('=', 2))
            .Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1]);
        if (parts[0] != "AWS4-HMAC-SHA256"
            || !fields.TryGetValue("Credential", out var credential)
            || !fields.TryGetValue("SignedHeaders", out var signed))
            return false;
        var scope = credential.Split('/');
        if (scope.Length != 5 || scope[0] != accessKey || scope[2] != region || !signed.Split(';').Contains("host"))
            return false;

        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        var query =
            target.Length == 1
                ? ""
                : string.Join(
                    '&',
                    target[1]
                        .Split('&')
                        .Select(part => part.Contains('=') ? part : part + "=")
                        .Order(StringComparer.Ordinal));
        var headers = string.Concat(
            signed.Split(';').Select(name => $"{name}:{request.Headers[name].ToString().Trim()}\n"));
        var canonical =
            $"{request.Method}\n{target[0]}\n{query}\n{headers}\n{signed}\n{request.Headers["x-amz-content-sha256"]}";

        var toSign = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{string.Join('/', scope[1..])}\n"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var key = scope[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretKey), Hash);
        return fields.GetValueOrDefault("Signature") == Convert.ToHexStringLower(Hash(key, toSign));
    }

    private static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
