using Tributary.Connectors;
using Tributary.Grains.Items;
using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;
using Tributary.Pipeline.Content;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Plugins;
using Tributary.Storage.Messages;

namespace Tributary.Pipeline.Processing;

/// <summary>The services of the activity of a message.</summary>
/// <param name="Find">Reads a stored message: <see cref="IMessageReads.FindStoredAsync"/>.</param>
/// <param name="Contributions">For messages that could not be mapped when they were accepted.</param>
public sealed record ProcessingServices(
    IPluginHost Plugins, ContentFetcher Fetcher, Func<MessageId, CancellationToken, ValueTask<StoredMessage?>> Find,
    MessageMappers Mappers, ContributionCalculator Contributions)
{
    /// <summary>Offers a delivery that was kept to the door again: <see cref="MessageIntake.AcceptAsync"/>.</summary>
    public Func<IntakeRequest, ValueTask<Receipt>> Offer { get; init; } =
        static _ => throw new TributaryException("not_ready", "The door for messages is not open.");

    /// <summary>Completes when this process counts by the definitions that its rounds ask for.</summary>
    public Func<ValueTask> CatchUp { get; init; } = static () => ValueTask.CompletedTask;

    /// <summary>
    /// The version of the definitions by which this process counts, at least: read before the plugins and calculators.
    /// </summary>
    public Func<long> Definitions { get; init; } = static () => 0;

    /// <summary>The grains that plugins may call; null outside of a silo.</summary>
    public IGrainFactory? Grains { get; init; }
}

/// <summary>
/// Processes one stored message. A failure becomes part of the result, because the item decides what follows; only the
/// end of the process leaves no result. May run twice for one attempt.
/// </summary>
public sealed class ProcessActivity(ProcessingServices services, ProcessingOptions options) : IActivity
{
    public const string Name = ProcessPayload.Activity;

    private readonly Places running = new(options.MaxRunningCount);

    public async ValueTask<object?> RunAsync(ActivityStart start, CancellationToken cancellation)
    {
        await services.CatchUp();
        var payload = ProcessPayload.Read(start.Payload);
        StoredMessage stored;
        try
        {
            stored = start.Local is AppendedMessage local ? Stored(local) : await FindAsync(start.Name, cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            return new ProcessingResult
            {
                Failure = ProcessingFailure.Of(ProcessingStep.Query, ConnectorFault.Unavailable, error),
            };
        }

        var reference = new MessageReference(
            stored.Id, stored.Position, stored.Source, stored.ReceivedAt, stored.ItemSequence);
        if (payload.Error is { } known)
            return new ProcessingResult { Message = reference, Failure = FailureOf(start.Name, payload, known) };

        await running.EnterAsync(cancellation);
        try
        {
            if (stored.MediaType == RefusedEnvelope.ContentType)
                return await KeptDeliveryProcessing.RunAsync(services, stored, reference);
            return await new MessageProcessing(services, stored, reference, payload, start.Local)
                .RunAsync(cancellation);
        }
        finally
        {
            running.Leave();
        }
    }

    // A message that was parked when it was accepted has not come further than that.
    private static ProcessingFailure FailureOf(string name, ProcessPayload payload, string error)
    {
        var failure = ProcessingFailure.OfActivity(error);
        return payload.IsParked || (ProcessName.TryParse(name, out var about) && about.IsOfParked)
            ? failure with { Step = ProcessingStep.Accept }
            : failure;
    }

    private async ValueTask<StoredMessage> FindAsync(string name, CancellationToken cancellation)
    {
        if (!ProcessName.TryParse(name, out var about))
            throw new TributaryException("process_name_invalid", $"'{name}' names no message; allowed: sequence.id.");
        return await services.Find(about.Id, cancellation)
            ?? throw new TributaryException("message_missing", $"Message {about.Id} is not stored any more.");
    }

    private static StoredMessage Stored(AppendedMessage appended)
    {
        var message = appended.Message;
        return new StoredMessage(
            appended.Position,
            message.Id,
            message.Source,
            message.Item,
            appended.ItemSequence,
            message.ReceivedAt,
            message.MediaType,
            message.Body,
            appended.Generations);
    }
}
