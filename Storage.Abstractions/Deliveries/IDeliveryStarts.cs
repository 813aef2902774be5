namespace Tributary.Storage.Deliveries;

/// <summary>
/// Notes of deliveries that came again after an end without order and may have caused it. Few: a note is there only
/// while its delivery is taken. Durable when a method returns.
/// </summary>
public interface IDeliveryStarts
{
    /// <summary>All notes.</summary>
    ValueTask<IReadOnlyList<DeliveryStart>> ReadAsync(CancellationToken cancellation);

    /// <summary>Replaces the notes of these deliveries, in one transaction; one with no starts is removed.</summary>
    /// <param name="starts">At most one per source and fingerprint.</param>
    ValueTask WriteAsync(IReadOnlyList<DeliveryStart> starts, CancellationToken cancellation);

    /// <summary>Removes all notes: the process before this one left in order.</summary>
    ValueTask ClearAsync(CancellationToken cancellation);
}

/// <param name="Source">The broker's name.</param>
/// <param name="Fingerprint">The first 128 bits of a SHA-256 of the bytes and of what the sender says of them.</param>
/// <param name="StartsCount">How often the delivery was taken and not stored, as far as is known.</param>
/// <param name="IsAlone">True when no other delivery was taken at the last of these times.</param>
public readonly record struct DeliveryStart(string Source, UInt128 Fingerprint, int StartsCount, bool IsAlone);
