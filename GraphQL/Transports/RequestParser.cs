using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Tributary.GraphQL.Transports;

/// <summary>A request that cannot be understood: an HTTP status and the error to return.</summary>
internal sealed class BadRequestException(int status, GraphQLError error) : Exception(error.Message)
{
    public BadRequestException(int status, string message)
        : this(status, new GraphQLError(message, Code: ErrorCodes.BadRequest)) { }

    public int Status { get; } = status;

    public GraphQLError Error { get; } = error;
}

/// <summary>Reads GraphQL requests from JSON objects and query strings.</summary>
internal static class RequestParser
{
    private const int MaxJsonDepth = 64;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads a request from the members <c>query</c>, <c>operationName</c>, <c>variables</c> and
    /// <c>extensions</c>; null counts as absent.
    /// </summary>
    /// <exception cref="BadRequestException">A parameter is missing or of another type.</exception>
    public static GraphQLRequest FromJson(JsonElement json, PersistedDocuments? persisted)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new BadRequestException(400, "A request is a JSON object.");
        var query = Member(json, "query", JsonValueKind.String, "a string");
        var name = Member(json, "operationName", JsonValueKind.String, "a string");
        var variables = Member(json, "variables", JsonValueKind.Object, "an object");
        var extensions = Member(json, "extensions", JsonValueKind.Object, "an object");
        var text = Resolve(query?.GetString(), extensions, persisted);
        return new GraphQLRequest(text, name?.GetString(), variables ?? default);
    }

    /// <summary>Reads a request from a query string, whose variables and extensions are JSON text.</summary>
    public static GraphQLRequest FromQuery(IQueryCollection query, PersistedDocuments? persisted)
    {
        var variables = Json(query["variables"], "variables");
        var extensions = Json(query["extensions"], "extensions");
        string? text = query["query"];
        var name = query["operationName"].ToString();
        return new GraphQLRequest(
            Resolve(string.IsNullOrEmpty(text) ? null : text, extensions, persisted),
            name.Length == 0 ? null : name,
            variables ?? default);
    }

    /// <summary>Reads a whole body as JSON.</summary>
    /// <exception cref="BadRequestException">
    /// 413 when the body is too long, 400 when it is not JSON in UTF-8.
    /// </exception>
    public static async Task<JsonDocument> ReadBody(PipeReader body, int maxBytes, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            if (read.Buffer.Length > maxBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                throw new BadRequestException(
                    413,
                    new GraphQLError(
                        $"The body is longer than {maxBytes} bytes, which is the limit.", Code: ErrorCodes.Limit));
            }
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            try
            {
                return Parse(read.Buffer);
            }
            finally
            {
                body.AdvanceTo(read.Buffer.End);
            }
        }
    }

    /// <summary>Parses JSON text in UTF-8, from a copy of the bytes.</summary>
    /// <exception cref="BadRequestException">The text is not JSON, or a string contains a lone surrogate.</exception>
    public static JsonDocument Parse(ReadOnlySequence<byte> utf8)
    {
        var document = Parse(utf8, out var hasLoneSurrogates);
        if (!hasLoneSurrogates) return document;
        document.Dispose();
        throw new BadRequestException(400, LoneSurrogates.Refusal);
    }

    /// <summary>
    /// Parses JSON whose strings may contain lone surrogates: with <paramref name="hasLoneSurrogates"/>
    /// no string and no name may be read.
    /// </summary>
    public static JsonDocument Parse(ReadOnlySequence<byte> utf8, out bool hasLoneSurrogates)
    {
        var bytes = utf8.ToArray();
        if (!Utf8.IsValid(bytes)) throw new BadRequestException(400, "The request is not valid UTF-8.");
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
            hasLoneSurrogates = LoneSurrogates.AreIn(bytes);
            return document;
        }
        catch (JsonException problem)
        {
            throw new BadRequestException(400, $"The request is not valid JSON: {problem.Message}");
        }
    }

    private static string Resolve(string? text, JsonElement? extensions, PersistedDocuments? persisted)
    {
        string? hash = null;
        if (extensions is { } given
            && given.TryGetProperty("persistedQuery", out var reference)
            && persisted is not null)
        {
            hash =
                reference.ValueKind == JsonValueKind.Object
                && reference.TryGetProperty("sha256Hash", out var value)
                && value.ValueKind == JsonValueKind.String
                    ? value.GetString()!.ToLowerInvariant()
                    : throw new BadRequestException(400, "extensions.persistedQuery.sha256Hash is a string.");
        }
        if (text is null && hash is null && persisted is not { RegisteredOnly: true })
            throw new BadRequestException(400, "The parameter \"query\" is missing.");
        if (persisted is null)
            return text!;
        var (document, error) = persisted.Resolve(text, hash);
        return document
            ?? throw new BadRequestException(error!.Code == ErrorCodes.PersistedNotFound ? 200 : 400, error);
    }

    private static JsonElement? Member(JsonElement json, string name, JsonValueKind kind, string what)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind
            ? value
            : throw new BadRequestException(400, $"The parameter \"{name}\" is {what}.");
    }

    private static JsonElement? Json(string? text, string name)
    {
        if (string.IsNullOrEmpty(text)) return null;
        JsonElement value;
        try
        {
            using var document = Parse(new ReadOnlySequence<byte>(Strict.GetBytes(text)));
            value = document.RootElement.Clone();
        }
        catch (EncoderFallbackException)
        {
            throw new BadRequestException(400, $"The parameter \"{name}\" has half of a surrogate pair.");
        }
        catch (BadRequestException problem)
        {
            throw new BadRequestException(400, $"The parameter \"{name}\" is not valid: {problem.Message}");
        }
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new BadRequestException(400, $"The parameter \"{name}\" is an object.");
    }
}
