using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tributary.Connectors;
using Tributary.Items;
using Tributary.Storage;
using Tributary.Storage.Deliveries;

namespace Tributary.Pipeline.Intake;

/// <summary>
/// Takes deliveries with care when the process before this one did not end in order. A redelivery may have ended that
/// process, so a durable note is written before it is looked at. A delivery that was taken twice and not stored is
/// taken alone. When the process ended with the delivery alone, its bytes are stored parked with that reason, and not
/// looked at. All brokers of a process share one.
/// </summary>
public sealed class DeliveryCare
{
    // After so many takings that did not end, the next one is alone.
    private const int CompanyStartsCount = 2;

    private readonly Dictionary<(string Source, UInt128 Fingerprint), DeliveryStart> known;
    private readonly DeliveryNotes notes;
    private readonly AloneGate gate = new();

    // False when this process takes no delivery alone: then no delivery waits for another.
    private readonly bool hasSuspects;

    private DeliveryCare(IReadOnlyList<DeliveryStart> known, DeliveryNotes notes)
    {
        this.known = known.ToDictionary(static start => (start.Source, start.Fingerprint));
        this.notes = notes;
        hasSuspects = known.Any(static start => start is { IsAlone: false, StartsCount: >= CompanyStartsCount });
    }

    /// <summary>Null when the process before this one ended in order: then deliveries are taken as they come.</summary>
    /// <param name="wait">Waits by the process's clock.</param>
    public static async ValueTask<DeliveryCare?> OpenAsync(
        IDeliveryStarts store, bool isAfterCrash, Func<TimeSpan, CancellationToken, Task> wait,
        CancellationToken cancellation)
    {
        if (isAfterCrash)
            return new DeliveryCare(await store.ReadAsync(cancellation), new DeliveryNotes(store, wait));
        await store.ClearAsync(cancellation);
        return null;
    }

    /// <inheritdoc cref="MessageIntake.AcceptAsync"/>
    public async ValueTask<Receipt> AcceptAsync(
        MessageIntake intake, Delivery delivery, IntakeRequest request, CancellationToken cancellation)
    {
        if (!delivery.IsRedelivered)
            return await TakeAsync(intake, request, cancellation);

        var start = Find(request.Source, FingerprintOf(delivery));
        if (start.IsAlone)
        {
            var receipt = await intake.ParkAsync(request, EndedWith(start));
            await EndAsync(start, cancellation);
            return receipt;
        }

        return await TakeNotedAsync(intake, request, start, cancellation);
    }

    private async ValueTask<Receipt> TakeNotedAsync(
        MessageIntake intake, IntakeRequest request, DeliveryStart start, CancellationToken cancellation)
    {
        var isAlone = start.StartsCount >= CompanyStartsCount;
        await gate.EnterAsync(isAlone, cancellation);
        try
        {
            await notes.WriteAsync(start with { StartsCount = start.StartsCount + 1, IsAlone = isAlone }, cancellation);
            try
            {
                return await intake.AcceptAsync(request);
            }
            finally
            {
                // The delivery was stored, refused or put off, and the process goes on.
                await EndAsync(start, cancellation);
            }
        }
        finally
        {
            gate.Leave();
        }
    }

    private async ValueTask<Receipt> TakeAsync(
        MessageIntake intake, IntakeRequest request, CancellationToken cancellation)
    {
        if (!hasSuspects)
            return await intake.AcceptAsync(request);
        await gate.EnterAsync(isAlone: false, cancellation);
        try
        {
            return await intake.AcceptAsync(request);
        }
        finally
        {
            gate.Leave();
        }
    }

    // A redelivery without a note was taken once: the broker says so.
    private DeliveryStart Find(string source, UInt128 fingerprint)
    {
        lock (known)
        {
            return known.TryGetValue((source, fingerprint), out var start)
                ? start
                : new DeliveryStart(source, fingerprint, 1, IsAlone: false);
        }
    }

    private async Task EndAsync(DeliveryStart start, CancellationToken cancellation)
    {
        lock (known)
            known.Remove((start.Source, start.Fingerprint));
        try
        {
            await notes.WriteAsync(start with { StartsCount = 0, IsAlone = false }, cancellation);
        }
        catch (Exception error) when (error is OperationCanceledException or StoreException)
        {
            // The outcome of the delivery is known and must reach the broker. A note that stays does no harm: the
            // delivery will not come again, and the first start after an end in order removes the note.
        }
    }

    private static TributaryException EndedWith(DeliveryStart start) => new(
        ActivityResult.EndedTheProcess,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The process ended while this delivery alone was taken, at start {start.StartsCount}; "
            + $"allowed: one that can be mapped. It is stored as it came."));

    private static UInt128 FingerprintOf(Delivery delivery)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The lengths keep the parts apart in the hash.
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{delivery.ExternalId?.Length ?? -1}:{delivery.MediaType?.Length ?? -1}:"
            + $"{delivery.ExternalId}{delivery.MediaType}")));
        hash.AppendData(delivery.Body.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
