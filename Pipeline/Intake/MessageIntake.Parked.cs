using Tributary.Items;

namespace Tributary.Pipeline.Intake;

/// <summary>Messages that are stored as they came, without being looked at.</summary>
public sealed partial class MessageIntake
{
    /// <summary>
    /// Stores the bytes parked with the reason, as those are that cannot be mapped. Returns when they are durable.
    /// </summary>
    /// <exception cref="TributaryException">See <see cref="AcceptAsync"/>, but for what concerns the body's
    /// content.</exception>
    public ValueTask<Receipt> ParkAsync(in IntakeRequest request, TributaryException reason)
    {
        CheckOutside(request);
        var message = Unparsed(request, ReceivedNow(), reason);
        return ReceiveAsync(message);
    }
}
