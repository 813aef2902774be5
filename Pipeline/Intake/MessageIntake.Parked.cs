using Tributary.Items;

namespace Tributary.Pipeline.Intake;

/// <summary>Stores deliveries as they came, without looking at them.</summary>
public sealed partial class MessageIntake
{
    /// <summary>
    /// Stores the bytes parked with the reason, as bytes are that cannot be mapped. Returns when they are durable.
    /// </summary>
    /// <exception cref="TributaryException">
    /// As <see cref="AcceptAsync"/>, except for the errors of a body's content.
    /// </exception>
    public ValueTask<Receipt> ParkAsync(in IntakeRequest request, TributaryException reason)
    {
        CheckOutside(request);
        var message = Unparsed(request, ReceivedNow(), reason);
        return SendAsync(message);
    }
}
