using Tributary.Storage.Held;

namespace Tributary.Rounds.Calls;

/// <summary>
/// This build cannot make a call: it does not know the grain type, the method or the activity, or cannot read the
/// arguments or the state. Only the engine throws this error, so that it is never mistaken for an error of a grain. A
/// build that can read the call makes it.
/// </summary>
[GenerateSerializer, Alias("tributary.unreadable")]
internal sealed class UnreadableException(string code, string message, Exception? inner = null)
    : TributaryException(code, message, inner)
{
    [NonSerialized]
    private HeldReason? reason;

    public HeldReason Reason => reason ??= new HeldReason(Code, ErrorText.Of(this));

    public static UnreadableException OfType(string type) =>
        new("grain_type_unknown", $"No grain type named '{type}' is registered in this build.");

    public static UnreadableException OfMethod(string type, string method) =>
        new("grain_method_unknown", $"The grain type '{type}' has no method '{method}' in this build.");

    public static UnreadableException OfActivity(string activity) =>
        new("activity_unknown", $"No activity named '{activity}' is registered in this build.");

    public static UnreadableException OfArguments(string type, string method, Exception error) =>
        new("arguments_unreadable",
            $"The stored arguments of '{type}.{method}' cannot be read by this build: {error.Message}", error);

    public static UnreadableException OfState(RoundGrainId grain, int version, Exception error) =>
        new("state_unreadable",
            $"The stored state of {grain} (version {version}) cannot be read by this build: {error.Message}", error);
}
