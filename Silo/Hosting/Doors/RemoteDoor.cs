using System.Runtime.InteropServices;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Pipeline.Intake;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Partitions;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// The door of a process that is an Orleans client of its cluster: it sends messages to silos, many in a call, and maps
/// nothing. A message with a key is sent again when its silo is lost, because it is stored once; the producer of
/// another one is told.
/// </summary>
internal sealed class RemoteDoor : IMessageDoor
{
    private readonly Func<int, DoorRequest[], bool, Task<DoorAnswers>> take;
    private readonly ClusterConnection connection;
    private readonly Partitioner partitioner;
    private readonly MessageIntake checks;
    private readonly TimeProvider time;
    private readonly bool isMapped;
    private readonly bool isBulk;

    // Apart, because a call is made again when all of its messages are repeatable.
    private readonly DoorRoutes keyed;
    private readonly DoorRoutes others;
    private int waitingCount;
    private long waitingBytes;
    private int takenCount;

    /// <param name="take">Calls the door of a partition: see <see cref="IDoorGrain.Take"/>.</param>
    /// <param name="checks">Finds what is wrong with a body, for requests with a check of their own.</param>
    /// <param name="isMapped">True when silos find the item in the body.</param>
    /// <param name="isBulk">True for loads, which give way to other messages.</param>
    public RemoteDoor(
        Func<int, DoorRequest[], bool, Task<DoorAnswers>> take, ClusterConnection connection,
        Partitioner partitioner, MessageIntake checks, TimeProvider time, bool isMapped, bool isBulk)
    {
        (this.take, this.connection, this.partitioner) = (take, connection, partitioner);
        (this.checks, this.time, this.isMapped, this.isBulk) = (checks, time, isMapped, isBulk);
        // Only mapped loads name one item in several messages that come without waiting for each other.
        keyed = new DoorRoutes(partitioner.PartitionCount, !isMapped || !isBulk, NewLane);
        others = new DoorRoutes(partitioner.PartitionCount, !isMapped || !isBulk, NewLane);
    }

    /// <exception cref="TributaryException">
    /// The errors of <see cref="MessageIntake.AcceptAsync"/>; <c>no_silo</c>; <c>silo_lost</c>, for messages without a
    /// key.
    /// </exception>
    public ValueTask<Receipt> AcceptAsync(in IntakeRequest request)
    {
        if (request.Check is { } check)
        {
            checks.Prepare(request);
            check();
        }

        connection.ThrowIfDown();
        var body = BytesOf(request.Body);
        if (!TryHold(body.Length))
        {
            throw new OverloadedException(
                $"More than {DoorLimits.MaxWaitingCount} messages or {DoorLimits.MaxWaitingBytes} bytes wait for "
                + "silos; allowed: the same message later.", DoorLimits.RetryAfter);
        }

        var message = new PendingMessage(
            new DoorRequest(
                PartitionOf(request), request.Source, body, request.MediaType, request.ExternalId,
                request.ItemPointer?.Text),
            time.GetTimestamp());
        RoutesOf(message).Of(message.Request.Partition).Add(message);
        return new ValueTask<Receipt>(AnswerAsync(message));
    }

    private async Task<Receipt> AnswerAsync(PendingMessage message)
    {
        try
        {
            return await message.Answer;
        }
        finally
        {
            Interlocked.Decrement(ref waitingCount);
            Interlocked.Add(ref waitingBytes, -message.Request.Body.Length);
        }
    }

    private bool TryHold(int bytes)
    {
        var count = Interlocked.Increment(ref waitingCount);
        var held = Interlocked.Add(ref waitingBytes, bytes);
        if (count <= DoorLimits.MaxWaitingCount && (held <= DoorLimits.MaxWaitingBytes || held == bytes))
            return true;
        Interlocked.Decrement(ref waitingCount);
        Interlocked.Add(ref waitingBytes, -bytes);
        return false;
    }

    // The owner of the item takes a message without a hop. Where only a silo can tell the item, messages that must stay
    // in order take one way; all others are spread.
    private int PartitionOf(in IntakeRequest request)
    {
        if (request is { ExternalId: { } key, ItemPointer: null } && !isMapped)
        {
            return partitioner.Of(
                new RoundGrainId(ItemGrain.GrainType, MessageIntake.DerivedItem(request.Source, key))).Value;
        }

        var spread = request.Order != 0 && isMapped ? request.Order : Interlocked.Increment(ref takenCount);
        return (int)((uint)spread % (uint)partitioner.PartitionCount);
    }

    private DoorRoutes RoutesOf(PendingMessage message) => message.IsRepeatable ? keyed : others;

    private DoorLane NewLane(int partition) => new(partition, SendAsync);

    private async Task SendAsync(DoorLane lane, List<PendingMessage> call)
    {
        var routes = RoutesOf(call[0]);
        try
        {
            foreach (var message in call)
                message.SendsCount++;
            connection.ThrowIfDown();
            var requests = call.ConvertAll(static message => message.Request).ToArray();
            var answers = await connection.AnswerOfAsync(
                () => take(lane.Partition, requests, isBulk), call[0].IsRepeatable);
            routes.Learn(lane, answers.Silo, requests.Where((_, i) => answers.All[i].IsElsewhere)
                .Select(static request => request.Partition));
            End(call, answers.All);
        }
        catch (Exception error)
        {
            routes.Lose(lane);
            foreach (var message in call)
                message.MayBeStored |= !RoundRouter.HasNotRun(error) && error is not TributaryException;
            await AgainAsync(call, error);
        }
    }

    private void End(List<PendingMessage> call, DoorAnswer[] answers)
    {
        List<PendingMessage>? again = null;
        for (var i = 0; i < call.Count; i++)
        {
            var (message, answer) = (call[i], answers[i]);
            if (answer.Receipt is { } receipt)
            {
                message.Complete(receipt);
                continue;
            }

            message.MayBeStored |= answer.Code == SiloLostException.Known;
            if (IsAgain(answer.Code!))
                (again ??= []).Add(message);
            else
                message.Fail(ErrorOf(answer));
        }

        if (again is not null)
            _ = AgainAsync(again, ErrorOf(answers.First(answer => answer.Code is { } code && IsAgain(code))));
    }

    // A load has waited at the silo already; it waits here as well, as it would at a silo of its own.
    private bool IsAgain(string code) =>
        code is SiloLostException.Known or "partition_elsewhere" or "stopping" or "not_ready"
        || (isBulk && code == "overloaded");

    /// <summary>Sends messages again that no silo has answered, or tells their producers.</summary>
    private async Task AgainAsync(List<PendingMessage> messages, Exception error)
    {
        var left = new List<PendingMessage>();
        foreach (var message in messages)
        {
            var isOver = error is TributaryException { Code: ClusterConnection.NoSilo }
                || time.GetElapsedTime(message.StartedAt) > DoorLimits.MaxTime;
            if (message.MayBeStored && (isOver || !message.IsRepeatable))
                message.Fail(LostMessages.Error());
            else if (isOver)
                message.Fail(error is TributaryException ? error : ClusterConnection.Down());
            else
                left.Add(message);
        }

        if (left.Count == 0)
            return;
        await Task.Delay(DoorLimits.Retries.After(left.Max(static message => message.SendsCount)), time);
        foreach (var lane in left.GroupBy(message => RoutesOf(message).Of(message.Request.Partition)))
            lane.Key.Add(lane);
    }

    private static TributaryException ErrorOf(in DoorAnswer answer) => answer.RetryAfterMs > 0
        ? new OverloadedException(answer.Message!, TimeSpan.FromMilliseconds(answer.RetryAfterMs))
        : new TributaryException(answer.Code!, answer.Message!);

    // Orleans' codec of ReadOnlyMemory writes a header for each byte.
    private static byte[] BytesOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var array) && array.Offset == 0 && array.Count == array.Array!.Length
            ? array.Array : body.ToArray();
}
