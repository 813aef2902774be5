using Tributary.Items;

namespace Tributary.Pipeline.Intake;

/// <summary>Takes messages: in this process (<see cref="MessageIntake"/>), or by way of a silo.</summary>
public interface IMessageDoor
{
    /// <summary>Accepts a message. Returns when it is durable. Callable from many threads.</summary>
    /// <exception cref="TributaryException">See <see cref="MessageIntake.AcceptAsync"/>.</exception>
    ValueTask<Receipt> AcceptAsync(in IntakeRequest request);
}
