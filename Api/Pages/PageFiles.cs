using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Tributary.Api.Pages;

/// <summary>The web page's files, which are part of the assembly: served from memory, revalidated by their hash.</summary>
public sealed class PageFiles(RequestDelegate next)
{
    private const string Prefix = "wwwroot/";

    private static readonly FrozenDictionary<string, PageFile> Files = Load();

    /// <summary>True when the path is the page or one of its files.</summary>
    internal static bool Contains(PathString path) => Find(path) is not null;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint() is not null || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || Find(request.Path) is not { } file)
        {
            return next(context);
        }

        var response = context.Response;
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache";
        if (request.Headers.IfNoneMatch == file.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = file.MediaType;
        response.ContentLength = file.Bytes.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(file.Bytes, context.RequestAborted).AsTask();
    }

    private static PageFile? Find(PathString path) =>
        Files.GetValueOrDefault(!path.HasValue || path == "/" ? "/index.html" : path.Value);

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
                    var type = types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
                    return new PageFile(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
                });
    }

    private sealed record PageFile(byte[] Bytes, string MediaType, string ETag);
}
