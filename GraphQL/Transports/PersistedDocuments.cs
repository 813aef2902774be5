using System.Security.Cryptography;
using System.Text;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Documents by the SHA-256 of their UTF-8 text, in lower-case hexadecimal. In automatic mode clients add documents, up
/// to a number, by sending text and hash together. In registered mode only the given documents run, by hash or by text.
/// </summary>
public sealed class PersistedDocuments
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> documents = [];
    private readonly Queue<string> order = new();
    private readonly int capacity;

    /// <summary>
    /// Automatic mode. Over <paramref name="maxCount"/> the oldest document is dropped; its clients send it again.
    /// </summary>
    public PersistedDocuments(int maxCount = 1_000) => capacity = maxCount;

    private PersistedDocuments(IEnumerable<string> texts)
    {
        RegisteredOnly = true;
        foreach (var text in texts) documents[Hash(text)] = text;
    }

    /// <summary>Registered mode: only these documents run.</summary>
    public static PersistedDocuments Registered(IEnumerable<string> texts) => new(texts);

    public bool RegisteredOnly { get; }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The text to execute, or the error to return. Either argument may be null.</summary>
    internal (string? Text, GraphQLError? Error) Resolve(string? text, string? hash)
    {
        if (RegisteredOnly)
        {
            hash ??= text is null ? null : Hash(text);
            return hash is not null && documents.TryGetValue(hash, out var registered)
                ? (registered, null)
                : (
                    null,
                    new GraphQLError("Only registered documents may be executed.", Code: ErrorCodes.PersistedOnly));
        }
        if (hash is null)
            return (text, null);
        if (text is not null && Hash(text) != hash)
            return (null, new GraphQLError("The hash is not that of the document.", Code: ErrorCodes.BadRequest));
        lock (gate)
        {
            if (text is null)
            {
                return documents.TryGetValue(hash, out var known)
                    ? (known, null)
                    : (null, new GraphQLError("PersistedQueryNotFound", Code: ErrorCodes.PersistedNotFound));
            }
            if (documents.TryAdd(hash, text))
            {
                order.Enqueue(hash);
                if (order.Count > capacity) documents.Remove(order.Dequeue());
            }
        }
        return (text, null);
    }
}
