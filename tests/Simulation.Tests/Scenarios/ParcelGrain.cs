using System.Text;
using Orleans.Concurrency;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// A grain whose messages are finished by an activity: tried again when that fails, parked in the end, and tried again
/// on demand.
/// </summary>
public interface IParcelGrain : IGrainWithStringKey
{
    ValueTask<Receipt> Receive(Parcel parcel);

    /// <summary>
    /// Tries again what is parked, and what waits for its next attempt; answers with "id/times" of each.
    /// </summary>
    ValueTask<IReadOnlyList<string>> Retry(int limit);

    [ReadOnly]
    ValueTask<long> Count();

    [ReadOnly]
    ValueTask<ParcelState> Read();
}

/// <param name="Reference">Known from the first result on.</param>
/// <param name="RetriesCount">How often it was tried again on demand.</param>
public sealed record OpenParcel(
    string Id, MessageStatus Status, int Attempts, int Starts, int RetriesCount, MessageReference? Reference);

/// <param name="RaisedCount">Entries of the failure feed.</param>
public sealed record ParcelState(long Count, long DoneCount, long RaisedCount, IReadOnlyList<OpenParcel> Open);

public sealed class ParcelGrain(Observer observer) : RoundGrain<ParcelState>, IParcelGrain, IActivityOwner
{
    public const string Deliver = "deliver";
    public const int MaxAttempts = 3;

    protected override ParcelState Initial() => new(0, 0, 0, []);

    public ValueTask<Receipt> Receive(Parcel parcel)
    {
        var id = parcel.Message.Id.ToString();
        var appended = Append(parcel.Message, State.Count + 1, [], Left(MessageStatus.Processing, 0));
        State = State with
        {
            Count = State.Count + 1,
            Open = [.. State.Open, new OpenParcel(id, MessageStatus.Processing, 0, 1, 0, null)],
        };
        StartActivity(id, Deliver, default, local: new HandedOver(appended));
        return ValueTask.FromResult(new Receipt(appended));
    }

    public ValueTask<IReadOnlyList<string>> Retry(int limit)
    {
        var retried = new List<string>();
        foreach (var open in State
                .Open.Where(open =>
                    open is { Status: MessageStatus.Parked or MessageStatus.Retrying, Reference: not null })
                .Take(limit)
                .ToList())
        {
            var again = open with
            {
                Status = MessageStatus.Processing,
                Attempts = 0,
                RetriesCount = open.RetriesCount + 1,
                Starts = open.Starts + 1,
            };
            SetParts(open.Reference!, open.Status, [Left(MessageStatus.Processing, 0)]);
            Keep(again);
            StartActivity(open.Id, Deliver, default, again.Starts);
            retried.Add($"{open.Id}/{again.RetriesCount}");
        }

        return ValueTask.FromResult<IReadOnlyList<string>>(retried);
    }

    public ValueTask<ParcelState> Read() => ValueTask.FromResult(State);

    public ValueTask<long> Count() => ValueTask.FromResult(State.Count);

    public ValueTask OnActivity(string name, int attempt, ActivityResult result)
    {
        var found = State.Open.FirstOrDefault(open => open.Id == name);
        observer.CheckDelivery(name, found, attempt);
        observer.CheckEnded(Key, name, attempt, result, "parcel");
        if (found is null)
            return ValueTask.CompletedTask;
        var delivery = result.Output as Delivery;
        var open = found with { Reference = delivery?.Reference ?? found.Reference };
        if (open.Reference is null)
            LookUp(open, result.Error!);
        else if (delivery is { Error: null })
            Finish(open, delivery);
        else
            Fail(open, delivery?.Error ?? result.Error!);
        return ValueTask.CompletedTask;
    }

    private void Finish(OpenParcel open, Delivery delivery)
    {
        SetRecord(open.Reference!, new RecordEffect(1, open.Id, delivery.Document));
        AddOutcomes(open.Reference!, [new Outcome(1, [delivery.Counter])]);
        Send(GetGrain<ICounterGrain>(delivery.Counter).Add(new Amount { Sum = delivery.Amount }));
        SetParts(open.Reference!, open.Status, []);
        State = State with
        {
            DoneCount = State.DoneCount + 1,
            Open = [.. State.Open.Where(other => other.Id != open.Id)],
        };
        if (delivery.Kind == ParcelKind.Heavy)
            throw new TributaryException("too_heavy", "Nobody carries this.");
    }

    // The activity could not say which message it is about.
    private void LookUp(OpenParcel open, string error)
    {
        Keep(open with { Starts = open.Starts + 1 });
        StartActivity(open.Id, Deliver, Encoding.UTF8.GetBytes(error), open.Starts + 1, Now.AddMilliseconds(20));
    }

    private void Fail(OpenParcel open, string error)
    {
        var attempts = open.Attempts + 1;
        var isParked = attempts >= MaxAttempts;
        var due = Now.AddMilliseconds(40 * attempts);
        var failed = open with
        {
            Attempts = attempts,
            Status = isParked ? MessageStatus.Parked : MessageStatus.Retrying,
            Starts = isParked ? open.Starts : open.Starts + 1,
        };
        SetParts(
            open.Reference!,
            open.Status,
            [Left(failed.Status, attempts, isParked ? null : due, error) with { IsRaised = true }]);
        State = State with { RaisedCount = State.RaisedCount + 1 };
        Keep(failed);
        if (!isParked)
            StartActivity(open.Id, Deliver, default, failed.Starts, due);
    }

    private void Keep(OpenParcel changed) =>
        State = State with { Open = [.. State.Open.Select(open => open.Id == changed.Id ? changed : open)] };

    private static MessagePart Left(
        MessageStatus status, int attempts, DateTimeOffset? next = null,
        string? error = null) => new("", status, ProcessingStep.Execute, attempts, next, error);
}
