using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;
using Tributary.Messages;

namespace Tributary.Api.Pages;

/// <summary>
/// Serves the files of the web page from the assembly. Browsers revalidate them by hash.
/// </summary>
internal static class PageFiles
{
    private const string Prefix = "wwwroot/";
    private const string Start = "/index.html";

    private static readonly string[] Methods = ["GET", "HEAD"];

    private static readonly FrozenDictionary<string, PageFile> Files = Load();

    /// <summary>The paths of all files, and the path of the page.</summary>
    public static IEnumerable<string> Paths => Files.Keys.Append("/");

    /// <summary>Maps one route for each file. The files hold no data of messages, so everybody may read them.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var everybody = app.MapGroup("").AllowAnonymous();
        foreach (var path in Paths)
        {
            var file = Files[path == "/" ? Start : path];
            everybody.MapMethods(path, Methods, context => ServeAsync(context, file));
        }
    }

    private static Task ServeAsync(HttpContext context, PageFile file)
    {
        var response = context.Response;
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == file.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = file.MediaType;
        response.ContentLength = file.Bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(file.Bytes, context.RequestAborted).AsTask();
    }

    private static FrozenDictionary<string, PageFile> Load()
    {
        var types = new FileExtensionContentTypeProvider();
        var assembly = typeof(PageFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => "/" + name[Prefix.Length..].Replace('\\', '/'),
                name =>
                {
                    using var stream = assembly.GetManifestResourceStream(name)!;
                    var bytes = new byte[stream.Length];
                    stream.ReadExactly(bytes);
                    var type = types.TryGetContentType(name, out var known) ? known : MediaTypes.Unknown;
                    return new PageFile(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
                });
    }

    private sealed record PageFile(byte[] Bytes, string MediaType, string ETag);
}
