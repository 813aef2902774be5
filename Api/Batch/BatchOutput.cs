using System.Buffers;
using System.IO.Pipelines;

namespace Tributary.Api.Batch;

/// <summary>
/// Results on their way to the client, in two buffers: one fills while the other is sent. A client that sends
/// everything before it reads holds up nobody until <paramref name="maxBytes"/> wait.
/// </summary>
internal sealed class BatchOutput(PipeWriter writer, int maxBytes, CancellationToken cancellation)
{
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> filling = new();
    private ArrayBufferWriter<byte> leaving = new();
    private Task sending = Task.CompletedTask;

    private bool IsFull
    {
        get
        {
            lock (gate)
                return filling.WrittenCount > maxBytes;
        }
    }

    /// <summary>
    /// Adds one result. <paramref name="write"/> gets room for <paramref name="maxLength"/> bytes and returns how many
    /// it wrote.
    /// </summary>
    public void Add<TState>(int maxLength, TState state, Func<Memory<byte>, TState, int> write)
    {
        lock (gate)
            filling.Advance(write(filling.GetMemory(maxLength), state));
    }

    /// <summary>Starts to send what there is, unless that is under way.</summary>
    public void Send()
    {
        lock (gate)
        {
            // A send that failed is seen by whoever waits for it.
            if (filling.WrittenCount > 0 && sending.IsCompletedSuccessfully)
                sending = SendAllAsync();
        }
    }

    /// <summary>Returns at once while there is room.</summary>
    public async ValueTask WaitForRoomAsync()
    {
        while (IsFull)
        {
            Send();
            await sending;
        }
    }

    /// <summary>Returns when everything has been handed to the connection.</summary>
    public async Task FlushAsync()
    {
        Send();
        await sending;
    }

    private async Task SendAllAsync()
    {
        await Task.Yield();
        while (true)
        {
            lock (gate)
            {
                if (filling.WrittenCount == 0)
                {
                    sending = Task.CompletedTask;
                    return;
                }

                (filling, leaving) = (leaving, filling);
            }

            await writer.WriteAsync(leaving.WrittenMemory, cancellation);
            leaving.ResetWrittenCount();
        }
    }
}
