using System.ComponentModel;
using System.Text.Json;

namespace Tributary.Api.Aggregates;

public sealed record AggregateList(IReadOnlyList<AggregateBody> Aggregates);

/// <summary>The definition of one aggregate.</summary>
public sealed record AggregateBody(
    string Name,
    [property: Description("From 1; a changed definition is the next one.")] int Generation,
    [property: Description("The sources whose messages are counted; null for all.")] IReadOnlyList<string>? Sources,
    IReadOnlyList<AggregateGroupBody> Group,
    IReadOnlyList<AggregateMeasureBody> Measures,
    AggregateWindowBody? Window,
    [property: Description(AggregateBody.FedText)] bool IsFed)
{
    internal const string FedText =
        "True when messages are counted in it as they come, false when no configuration has it any more.";
}

public sealed record AggregateGroupBody(
    string Name,
    [property: Description("Where the value stands in a message (RFC 6901).")] string Pointer,
    [property: Description("Numbers are rounded down to a multiple of this; null: taken as they are.")]
        JsonElement? Floor);

public sealed record AggregateMeasureBody(
    string Name,
    [property: Description("count, sum, min, max, mean, distinct or quantiles.")] string Kind,
    string? Pointer);

public sealed record AggregateWindowBody(long SizeMs, [property: Description("event or arrival.")] string By);

/// <summary>A page of the rows of one aggregate, by window, then group.</summary>
public sealed record AggregateRows(
    string Name,
    int Generation,
    IReadOnlyList<AggregateRowBody> Rows,
    [property: Description("Give it as after to read on; null at the end.")] string? Next,
    [property: Description(AggregateBody.FedText)] bool IsFed);

public sealed record AggregateRowBody(
    [property: Description("The values that the messages of this row share, by name.")]
        OrderedDictionary<string, JsonElement> Group,
    DateTimeOffset? WindowStart,
    DateTimeOffset? WindowEnd,
    [property: Description("How many messages.")] long Count,
    [property: Description("Exact numbers, by name; quantiles is an object from the quantile to a number.")]
        OrderedDictionary<string, JsonElement> Measures,
    [property: Description("Values that could not be measured, by measure; only those that have some.")]
        OrderedDictionary<string, long> Skipped);
