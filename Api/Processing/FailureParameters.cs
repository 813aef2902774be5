using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.Processing;

/// <summary>The parameters that select failures, for reading, retrying and parking.</summary>
internal readonly struct FailureParameters
{
    private const string TimeAllowed = "a time such as 2026-01-31T00:00:00Z";
    private const string NextAllowed = "the next of an earlier answer";

    private static readonly string[] Names =
    [
        "status",
        "source",
        "item",
        "plugin",
        "step",
        "from",
        "until",
        "error",
        "after",
    ];

    private readonly Parameters parameters;

    public FailureParameters(HttpRequest request, params ReadOnlySpan<string> more) =>
        parameters = new Parameters(request, [.. Names, .. more]);

    public PartFilter Filter => new(
        parameters.Text("status") is { } status ? [StatusOf(status)] : [MessageStatus.Retrying, MessageStatus.Parked],
        One("source"), One("item"), One("plugin"),
        parameters.Text("step") is { } step ? [StepOf(step)] : null,
        TimeOf("from"), TimeOf("until"), parameters.Text("error"));

    public PartMark? After =>
        parameters.Text("after") is not { } text
            ? null
            : ReadMark(text) ?? throw Parameters.Invalid("after", text, NextAllowed);

    public int Limit(int usual, int most) => (int)Math.Min(most, parameters.Number("limit", 1, int.MaxValue) ?? usual);

    public static string TextOf(PartMark mark) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(PartMarkText.Of(mark)));

    private static PartMark? ReadMark(string text) =>
        Base64Url.IsValid(text) ? PartMarkText.Read(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text))) : null;

    private static MessageStatus StatusOf(string text) => text.ToUpperInvariant() switch
    {
        "RETRYING" => MessageStatus.Retrying,
        "PARKED" => MessageStatus.Parked,
        _ => throw Parameters.Invalid("status", text, "RETRYING, PARKED"),
    };

    private static ProcessingStep StepOf(string text) => text.ToLowerInvariant() switch
    {
        "accept" => ProcessingStep.Accept,
        "query" => ProcessingStep.Query,
        "execute" => ProcessingStep.Execute,
        "apply" => ProcessingStep.Apply,
        _ => throw Parameters.Invalid("step", text, "accept, query, execute, apply"),
    };

    private string[]? One(string name) => parameters.Text(name) is { } text ? [text] : null;

    private DateTimeOffset? TimeOf(string name)
    {
        if (parameters.Text(name) is not { } text)
            return null;
        return
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && text.Length >= 10
            && text[4] == '-'
            ? time
            : throw Parameters.Invalid(name, text, TimeAllowed);
    }
}
