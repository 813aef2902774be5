using System.Buffers;
using System.Security.Cryptography;
using Tributary.Plugins;

namespace Tributary.Pipeline.Plugins.BuiltIn;

/// <summary>
/// MD5, SHA-1, SHA-256 and SHA-512 of the content, in one pass, for looking files up by them. All four are computed
/// from what this plugin reads: a content whose SHA-256 differs from the one that it was fetched with is a failure.
/// </summary>
public sealed class HashesPlugin : IPlugin
{
    private const int BufferBytes = 64 << 10;

    // A run never waits, so each thread can keep its own hashes.
    [ThreadStatic]
    private static IncrementalHash[]? kept;

    private static readonly HashAlgorithmName[] Algorithms =
    [
        HashAlgorithmName.MD5,
        HashAlgorithmName.SHA1,
        HashAlgorithmName.SHA256,
        HashAlgorithmName.SHA512,
    ];

    public string Name => "hashes";

    public string Version => "1";

    public IReadOnlyList<string> MediaTypes { get; } = ["*/*"];

    public ValueTask<PluginResult> ExecuteAsync(PluginContext context, CancellationToken cancellation)
    {
        var hashes = Hash(context, cancellation);
        if (hashes[2] != context.ContentSha256)
            throw new PluginException(
                $"The content's SHA-256 is {hashes[2]}, and was {context.ContentSha256} when it was fetched.",
                mayHelpToRetry: true);

        var record = RecordWriter.Object(hashes, static (json, hashes) =>
        {
            json.WriteString("md5"u8, hashes[0]);
            json.WriteString("sha1"u8, hashes[1]);
            json.WriteString("sha256"u8, hashes[2]);
            json.WriteString("sha512"u8, hashes[3]);
        });
        return new(new PluginResult { Records = [new PluginRecord(record)] });
    }

    private static string[] Hash(PluginContext context, CancellationToken cancellation)
    {
        var hashes = kept ?? Array.ConvertAll(Algorithms, IncrementalHash.CreateHash);
        // A run that fails leaves hashes half filled: only hashes that were read out are used again.
        kept = null;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(context.ContentLength, 1, BufferBytes));
        try
        {
            using var content = context.OpenContent();
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var hash in hashes)
                    hash.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var texts = Array.ConvertAll(hashes, static hash => Convert.ToHexStringLower(hash.GetHashAndReset()));
        kept = hashes;
        return texts;
    }
}
