using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>The console for browsers: modules embedded in this assembly, without files from other servers.</summary>
internal static class ConsolePage
{
    private static readonly FrozenDictionary<string, (string MediaType, byte[] Bytes)> Files = new[]
    {
        ("index.html", "text/html; charset=utf-8"),
        ("console.css", "text/css; charset=utf-8"),
        ("main.js", "text/javascript; charset=utf-8"),
        ("client.js", "text/javascript; charset=utf-8"),
        ("schema.js", "text/javascript; charset=utf-8"),
    }.ToFrozenDictionary(f => f.Item1, f => (f.Item2, Read(f.Item1)));

    /// <summary>True for a browser that opens the path: it asks for HTML and sends no document.</summary>
    public static bool IsWanted(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !request.Query.ContainsKey("query")
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Serves the page with links that are right for its path.</summary>
    public static Task Serve(HttpContext http)
    {
        // Links are relative to the folder of the path: the page at /graphql loads graphql/console/…
        var page = System.Text.Encoding.UTF8.GetString(Files["index.html"].Bytes);
        var name = http.Request.Path.Value!.TrimEnd('/').Split('/')[^1];
        Headers(http, "text/html; charset=utf-8");
        return http.Response.WriteAsync(
            page.Replace("\"graphql/console/", $"\"{Uri.EscapeDataString(name)}/console/"), http.RequestAborted);
    }

    public static async Task ServeFile(HttpContext http)
    {
        if (http.Request.RouteValues["file"] is not string name
            || name == "index.html"
            || !Files.TryGetValue(name, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        Headers(http, file.MediaType);
        await http.Response.Body.WriteAsync(file.Bytes, http.RequestAborted);
    }

    private static void Headers(HttpContext http, string mediaType)
    {
        http.Response.ContentType = mediaType;
        http.Response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-cache";
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ConsolePage).Assembly.GetManifestResourceStream("console/" + name)
            ?? throw new InvalidOperationException($"The assembly lacks console/{name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
