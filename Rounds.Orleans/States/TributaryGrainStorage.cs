using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using Tributary.Storage;
using Tributary.Storage.GrainStates;

namespace Tributary.Rounds.Orleans.States;

/// <summary>
/// Orleans' grain storage on Tributary's database. The ETag of a state is the version that its last writer made.
/// </summary>
/// <param name="newVersion">Makes versions.</param>
internal sealed class TributaryGrainStorage(
    GrainStorageOptions options, GrainStateBatches batches, DoubtfulWrites doubts, Serializer serializer,
    IActivatorProvider activators, Func<Guid> newVersion) : IGrainStorage
{
    private const string ETagFormat = "N";

    // What an index of PostgreSQL can hold, with room to spare.
    private const int MaxKeyBytes = 2_000;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        if (await batches.ReadAsync(key) is not { } stored)
        {
            Reset(grainState);
            return;
        }

        grainState.State = Read<T>(key, stored) ?? activators.GetActivator<T>().Create();
        grainState.ETag = stored.Version.ToString(ETagFormat, CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        var bytes = options.Format == GrainStateFormat.Json
            ? JsonSerializer.SerializeToUtf8Bytes(grainState.State, options.Json)
            : serializer.SerializeToArray(grainState.State);
        if (bytes.Length > options.MaxStateBytes)
        {
            throw new TributaryException(
                "grain_state_too_large",
                $"Found a state \"{stateName}\" of {grainId} of {bytes.Length} bytes; allowed: at most "
                + $"{options.MaxStateBytes}.");
        }

        var version = await WriteAsync(key, grainState.ETag, bytes);
        grainState.ETag = version.ToString(ETagFormat, CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(KeyOf(stateName, grainId), grainState.ETag, state: null);
        Reset(grainState);
    }

    private async Task<Guid> WriteAsync(GrainStateKey key, string? etag, byte[]? state)
    {
        var held = VersionOf(key, etag);
        var write = new GrainStateWrite(
            key, held, newVersion(), options.Format, state is null ? (ReadOnlyMemory<byte>?)null : state);
        var outcome = await TryAsync(write, held);
        // What is stored may be the grain's own, of a write whose answer was lost: it goes on from there.
        if (!outcome.IsWritten && doubts.Explains(key, held, outcome.Stored))
        {
            if (state is null && outcome.Stored is null)
                return write.Version;
            outcome = await TryAsync(write with { Expected = outcome.Stored }, held);
        }

        return outcome.IsWritten ? write.Version : throw Lost(key, outcome.Stored, etag);
    }

    private async Task<GrainStateOutcome> TryAsync(GrainStateWrite write, Guid? held)
    {
        try
        {
            return await batches.WriteAsync(write);
        }
        catch (StoreException)
        {
            doubts.Add(write, held);
            throw;
        }
    }

    private static InconsistentStateException Lost(GrainStateKey key, Guid? stored, string? etag) => new(
        $"The state \"{key.Name}\" of {key.Grain} was changed by another activation; allowed: a write of the version "
        + "that is stored. Orleans ends this activation, and the next one reads that version.",
        stored?.ToString(ETagFormat, CultureInfo.InvariantCulture), etag);

    private T? Read<T>(GrainStateKey key, StoredGrainState stored)
    {
        try
        {
            return stored.Format switch
            {
                GrainStateFormat.Orleans => serializer.Deserialize<T>(stored.State),
                GrainStateFormat.Json => JsonSerializer.Deserialize<T>(stored.State.Span, options.Json),
                _ => throw new NotSupportedException($"The format {(int)stored.Format} is not known to this build."),
            };
        }
        catch (Exception error)
        {
            throw new TributaryException(
                "grain_state_unreadable",
                $"Found a state \"{key.Name}\" of {key.Grain} in the format {stored.Format} that is no {typeof(T)}: "
                + $"{error.Message} It stays as it is; allowed: a type that reads it.",
                error);
        }
    }

    private void Reset<T>(IGrainState<T> state)
    {
        state.State = activators.GetActivator<T>().Create();
        state.ETag = null;
        state.RecordExists = false;
    }

    private static GrainStateKey KeyOf(string stateName, GrainId grainId)
    {
        var grain = grainId.ToString();
        if (grain.Contains('\0') || stateName.Contains('\0'))
        {
            throw new TributaryException(
                "grain_state_unnamed",
                $"Found U+0000 in the state \"{stateName}\" of {grain}; allowed: keys and names without it.");
        }

        // A character has at most three bytes for each of its UTF-16 units.
        if ((grain.Length + stateName.Length) * 3 > MaxKeyBytes
            && Encoding.UTF8.GetByteCount(grain) + Encoding.UTF8.GetByteCount(stateName) is > MaxKeyBytes and var bytes)
        {
            throw new TributaryException(
                "grain_state_unnamed",
                $"Found {bytes} bytes of key and name in the state \"{ErrorText.Cut(stateName, 40)}\" of "
                + $"{ErrorText.Cut(grain, 80)}; allowed: at most {MaxKeyBytes}.");
        }

        return new GrainStateKey(grain, stateName);
    }

    private static Guid? VersionOf(GrainStateKey key, string? etag) =>
        string.IsNullOrEmpty(etag) ? null
        : Guid.TryParseExact(etag, ETagFormat, out var version) ? version
        // Of another storage: the activation must read the state here before it writes it.
        : throw Lost(key, null, etag);
}
