using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Messages;
using Tributary.Storage.Failures;

namespace Tributary.Api.Processing;

/// <summary>The parameters that select failures, for reading, retrying and parking.</summary>
internal readonly struct FailureParameters
{
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
        parameters.Time("from"), parameters.Time("until"), parameters.Text("error"));

    public PartMark? After =>
        parameters.After(static text => OpaqueText.Read(text) is { } mark ? PartMarkText.Read(mark) : null);

    public int Limit() => parameters.Limit();

    public static string TextOf(PartMark mark) => OpaqueText.Of(PartMarkText.Of(mark));

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
}
