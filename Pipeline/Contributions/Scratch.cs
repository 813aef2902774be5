using Tributary.Items;
using Tributary.Measures;

namespace Tributary.Pipeline.Contributions;

/// <summary>The buffers of one thread for its calculations; used again for every body.</summary>
internal sealed class Scratch
{
    [ThreadStatic]
    private static Scratch? ofThread;

    private NumberState[] states = [];

    private enum NumberState : byte
    {
        Unread,
        Read,
        OutOfBounds,
    }

    public FoundValue[] Found { get; private set; } = [];

    /// <summary>The numbers that <see cref="TryNumber"/> has read.</summary>
    public ExactDecimal[] Numbers { get; private set; } = [];

    public Contribution[] Contributions { get; private set; } = [];

    /// <summary>
    /// The scratch of this thread, cleared. Its user must not await: another calculation may use it then.
    /// </summary>
    public static Scratch Take(Plan plan)
    {
        var scratch = ofThread ??= new Scratch();
        if (scratch.Found.Length < plan.SlotsCount)
        {
            scratch.Found = new FoundValue[plan.SlotsCount];
            scratch.Numbers = new ExactDecimal[plan.SlotsCount];
            scratch.states = new NumberState[plan.SlotsCount];
        }

        if (scratch.Contributions.Length < plan.Definitions.Length)
            scratch.Contributions = new Contribution[plan.Definitions.Length];
        scratch.Found.AsSpan(0, plan.SlotsCount).Clear();
        scratch.states.AsSpan(0, plan.SlotsCount).Clear();
        return scratch;
    }

    /// <summary>
    /// Reads the number in a slot once, however many measures want it; false when the number is out of bounds.
    /// </summary>
    public bool TryNumber(int slot, ReadOnlySpan<byte> body)
    {
        if (states[slot] == NumberState.Unread)
            states[slot] = ExactDecimal.TryParse(Found[slot].Of(body), out Numbers[slot])
                ? NumberState.Read
                : NumberState.OutOfBounds;
        return states[slot] == NumberState.Read;
    }
}
