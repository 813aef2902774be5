using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tributary.Silo.Tests.Live;

/// <summary>
/// What one subscriber has seen. Messages of an item are numbered from 0, so each must be the one after the last of its
/// item: a gap, a repeat and a wrong order all show at once. The item 0 only says where everything begins and ends.
/// </summary>
internal sealed class SubscriberBook(string name, int itemsCount)
{
    /// <summary>The numbers of the messages of item 0.</summary>
    public const int Begin = 0;
    public const int End = 1;

    /// <summary>What the books subscribe to; each message is <c>{"item":…,"n":…}</c>.</summary>
    public const string Query = "subscription($after: String) { messageReceived(after: $after) { cursor body } }";

    private const int CursorLength = 34;

    private readonly int[] next = new int[itemsCount];
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where to go on: the cursor of the last message, or what the server said.</summary>
    public string After { get; private set; } = "start";

    /// <summary>Done when the first message has come.</summary>
    public Task Begun => begun.Task;

    /// <summary>
    /// Done when the last message has come; fails with the first message that is not the next of its item.
    /// </summary>
    public Task Done => done.Task;

    public int Count { get; private set; }

    /// <summary>How many messages of each item have come, in order.</summary>
    public IReadOnlyList<int> Next => next;

    /// <summary>Takes an answer if it is a message; false for everything else.</summary>
    public bool TryTake(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"messageReceived\":{\"cursor\":\""u8);
        if (at < 0)
            return false;
        var rest = json[(at + "\"messageReceived\":{\"cursor\":\""u8.Length)..];
        After = Encoding.ASCII.GetString(rest[..CursorLength]);
        Take(NumberAfter(rest, "\"item\":"u8), NumberAfter(rest, "\"n\":"u8));
        return true;
    }

    /// <summary>The subscription was ended with a place to resume.</summary>
    public void Resume(string cursor) => After = cursor;

    private void Take(int item, int number)
    {
        Count++;
        if (number != next[item]++)
        {
            done.TrySetException(new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Subscriber {name} got message {number} of item {item}; expected: {next[item] - 1}. It had {Count} "
                + $"messages, the last at {After}.")));
        }

        if (item != 0)
            return;
        begun.TrySetResult();
        if (number == End)
            done.TrySetResult();
    }

    private static int NumberAfter(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key) =>
        Utf8Parser.TryParse(json[(json.IndexOf(key) + key.Length)..], out int number, out _)
            ? number
            : throw new InvalidOperationException(
                $"Found {Encoding.UTF8.GetString(json)}; expected: a number after {Encoding.UTF8.GetString(key)}.");
}
