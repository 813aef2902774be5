using Orleans.Concurrency;
using Tributary.Items;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// The door of the silo that owns a partition, for processes that have none of their own. The key is the partition, and
/// only says where the door is: it takes every message, and hands those of other silos on.
/// </summary>
[Alias("tributary.door")]
internal interface IDoorGrain : IGrainWithIntegerKey
{
    /// <summary>Accepts messages; returns when each is durable or refused.</summary>
    /// <param name="isBulk">
    /// True for loads, which give way to other messages. They reach their items in the order of the calls, and wait for
    /// a while when the silo is full.
    /// </param>
    [Alias("Take")]
    Task<DoorAnswers> Take([Immutable] DoorRequest[] requests, bool isBulk);
}

/// <summary>A message on its way to a silo.</summary>
/// <param name="Partition">The key of the door that is asked.</param>
[GenerateSerializer, Immutable, Alias("tributary.door-request")]
internal readonly record struct DoorRequest(
    int Partition, string Source, byte[] Body, string? MediaType, string? ExternalId, string? ItemPointer);

/// <summary>The receipt of a message, or the error that refused it.</summary>
/// <param name="Code">Null with a receipt.</param>
/// <param name="RetryAfterMs">With the code <c>overloaded</c>: when the same message may be taken; else 0.</param>
/// <param name="IsElsewhere">True when another silo owns the partition of the door that was asked.</param>
[GenerateSerializer, Immutable, Alias("tributary.door-answer")]
internal readonly record struct DoorAnswer(
    Receipt? Receipt, string? Code, string? Message, long RetryAfterMs, bool IsElsewhere);

/// <param name="Silo">The address of the silo that answered.</param>
/// <param name="All">In the order of the requests.</param>
[GenerateSerializer, Immutable, Alias("tributary.door-answers")]
internal sealed record DoorAnswers(string Silo, DoorAnswer[] All);
