using System.Text;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

public enum ParcelKind
{
    Plain,

    /// <summary>The turn of its result throws.</summary>
    Heavy,

    /// <summary>The database refuses its record.</summary>
    Toxic,
}

/// <summary>A message on its way in.</summary>
[Immutable]
public sealed class Parcel(Message message, ParcelKind kind, string counter, long amount) : INeeds
{
    public Message Message { get; } = message;

    public ParcelKind Kind { get; } = kind;

    public string Counter { get; } = counter;

    public long Amount { get; } = amount;

    public IEnumerable<RoundGrainId> Grains => [];

    public ExternalKey? External => null;

    public bool IsNewGrain => false;

    public int SizeBytes => Message.Body.Length;
}

/// <summary>What the turn that stored a message hands over to its activity.</summary>
public sealed record HandedOver(AppendedMessage Appended);

/// <summary>What an activity makes of a parcel: counted when <paramref name="error"/> is null.</summary>
public sealed class Delivery(MessageReference reference, Parcel parcel, string? error) : INeeds
{
    public MessageReference Reference { get; } = reference;

    public string? Error { get; } = error;

    public ParcelKind Kind { get; } = parcel.Kind;

    public string Counter { get; } = parcel.Counter;

    public long Amount { get; } = parcel.Amount;

    public ReadOnlyMemory<byte> Document { get; } =
        Encoding.UTF8.GetBytes(
            parcel.Kind == ParcelKind.Toxic ? "{\"poison\":true}" : $"{{\"amount\":{parcel.Amount}}}");

    public IEnumerable<RoundGrainId> Grains => Error is null ? [new RoundGrainId("counter", Counter)] : [];

    public ExternalKey? External => null;

    public bool IsNewGrain => false;

    public int SizeBytes => Document.Length;
}

/// <summary>Delivers parcels; sometimes it fails, and sometimes without saying about which message.</summary>
public sealed class DeliverActivity(IPlatformRun scenario) : IActivity
{
    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        var world = scenario.World;
        await world.Delay(TimeSpan.FromMilliseconds(world.Random.Next(120)));
        cancellation.ThrowIfCancellationRequested();
        var id = MessageId.TryParse(start.Name, out var parsed) ? parsed : default;
        var stored = scenario.Database.Messages.FirstOrDefault(message => message.Id == id);
        if (stored is null || (start.Local is HandedOver local && local.Appended.Position != stored.Position))
        {
            world.Fail(
                new InvalidOperationException(
                    $"The activity of {id} runs before its message is durable at the place that it was told."));
            return null;
        }

        if (world.Random.Next(8) == 0)
            throw new TimeoutException("The activity failed, as it does one time in eight.");
        var reference = new MessageReference(
            stored.Id, stored.Position, stored.Source, stored.ReceivedAt, stored.ItemSequence);
        var error =
            start.Payload.Length > 0 ? Encoding.UTF8.GetString(start.Payload.Span)
            : world.Random.Next(4) == 0 ? "away: Nobody is there."
            : null;
        return new Delivery(reference, scenario.Parcels.Sent[id], error);
    }
}
