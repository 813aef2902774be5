using System.ComponentModel;
using Tributary.Api.Json;

namespace Tributary.Api.Messages;

/// <summary>
/// The receipt of a durable message. <see cref="ReceiptWriter"/> writes it by hand.
/// </summary>
public sealed record Accepted(
    [property: Description("The message's id, a UUID version 7.")] string Id,
    [property: Description("The item that the message speaks of.")] string Item,
    [property: Description("The message's place: reading after it gives what was committed later.")] string Cursor);

/// <summary>One line of a batch's answer. <c>BatchResults</c> writes it by hand.</summary>
public sealed record BatchResult(
    [property: Description("The number of the input line, from 1.")] long Line,
    [property: Description(
        "202 when the line's message is durable, else the status that the same message would have got alone.")]
        int Status,
    string? Id,
    string? Item,
    string? Cursor,
    [property: Description("The stable code of the error.")] string? Code,
    [property: Description("What was found and what is allowed.")] string? Detail);

/// <summary>A page of messages, newest first.</summary>
public sealed record MessagePage(
    [property: Description("As asked for.")] long Offset,
    [property: Description("As asked for, at most 100.")] int Limit,
    [property: Description("Digits. Given with further pages, it freezes what they are cut from.")] string PaginationId,
    [property: Description("How many messages the pages show in all.")] long Total,
    [property: Description(
        "The place after the newest of these messages: a feed that begins here repeats and misses nothing.")]
        string Cursor,
    [property: Description("The objects as posted.")] IReadOnlyList<RawJson> Messages);

/// <summary>Messages after a cursor, oldest first.</summary>
public sealed record MessageRun(
    [property: Description("The objects as posted.")] IReadOnlyList<RawJson> Messages,
    [property: Description("Where to read on: always there, so that a reader can come back for what is new.")]
        string Next,
    [property: Description("True when there was nothing more.")] bool Complete);

/// <summary>Messages after a cursor, oldest first, each with its own cursor.</summary>
public sealed record MessageRunWithCursors(IReadOnlyList<MessageWithCursor> Messages, string Next, bool Complete);

public sealed record MessageWithCursor(string Cursor, RawJson Message);

/// <summary>A message with its status.</summary>
public sealed record MessageBody(
    string Id,
    [property: Description("PROCESSING, COMPLETED, RETRYING, PARKED or SKIPPED.")] string Status,
    string Source,
    string Item,
    [property: Description("The message's place among those of its item, from 1.")] long ItemSequence,
    DateTimeOffset ReceivedAt,
    string MediaType,
    string Cursor,
    RawJson Message);
