using System.Text.Json;
using Orleans.Serialization.Invocation;

namespace Tributary.Rounds.Calls;

/// <summary>Makes one-way calls from their stored form.</summary>
internal static class StoredCall
{
    /// <summary>Runs the method as a turn.</summary>
    /// <exception cref="UnreadableException">
    /// This build does not know the method, or cannot read the arguments. Nothing was run.
    /// </exception>
    public static void Invoke(
        RoundGrain grain, RoundGrainId target, string method, ReadOnlyMemory<byte> arguments, RoundGrainTypes types)
    {
        if (types.TryGet(target.Type, out var type) && type.Interface.FindMethod(method) is { } known)
        {
            RoundMethod.Run(grain, Read(target, known, arguments));
            return;
        }

        // The methods of owners of reminders and activities are in no interface of the grain's own.
        if (method == nameof(IReminderOwner.OnReminder) && grain is IReminderOwner remindable)
        {
            var (name, attempt, payload) = Read(target, method, () =>
                ReadHead(arguments, static last => last.GetBytesFromBase64()));
            Complete(remindable.OnReminder(name, attempt, payload), name);
            return;
        }

        if (method == nameof(IActivityOwner.OnActivity) && grain is IActivityOwner owner)
        {
            var (name, attempt, result) = Read(target, method, () => ReadHead(arguments, ReadResult));
            Complete(owner.OnActivity(name, attempt, result), name);
            return;
        }

        throw UnreadableException.OfMethod(target.Type, method);
    }

    /// <summary>Checks that the turn has completed, and throws what it threw.</summary>
    public static void Complete(ValueTask turn, string name)
    {
        if (!turn.IsCompleted)
            throw new TributaryException(
                "turn_did_not_complete", $"The turn of the reminder '{name}' had not completed when it returned.");
        turn.GetAwaiter().GetResult();
    }

    private static IInvokable Read(RoundGrainId target, RoundMethod method, ReadOnlyMemory<byte> arguments)
    {
        try
        {
            return method.ReadArguments(arguments.Span, RoundGrainTypes.ArgumentsJson);
        }
        catch (Exception error)
        {
            throw UnreadableException.OfArguments(target.Type, method.Name, error);
        }
    }

    private static T Read<T>(RoundGrainId target, string method, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
        {
            throw UnreadableException.OfArguments(target.Type, method, error);
        }
    }

    // Earlier versions wrote no payload.
    private static ActivityResult ReadResult(JsonElement stored) =>
        new(null, stored.GetProperty("Error").GetString())
        {
            Payload = stored.TryGetProperty("Payload", out var payload) ? payload.GetBytesFromBase64() : default,
        };

    private static (string Name, int Attempt, T Last) ReadHead<T>(
        ReadOnlyMemory<byte> arguments, Func<JsonElement, T> last)
    {
        using var document = JsonDocument.Parse(arguments);
        var root = document.RootElement;
        return (root[0].GetString()!, root[1].GetInt32(), last(root[2]));
    }
}
