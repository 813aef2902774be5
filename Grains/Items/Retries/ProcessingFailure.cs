using System.Text;
using Tributary.Connectors;
using Tributary.Messages;

namespace Tributary.Grains.Items.Retries;

/// <summary>Why a message, or a plugin's part of it, failed.</summary>
/// <param name="Fault">
/// The kind of fault. A plugin's failure is <see cref="ConnectorFault.Unavailable"/> when the plugin says that trying
/// again may help.
/// </param>
/// <param name="Error">A code, a colon and a sentence: see <see cref="Clean"/>.</param>
public sealed record ProcessingFailure(ProcessingStep Step, ConnectorFault Fault, string Error)
{
    /// <summary>The longest error that is kept, in UTF-16 code units; a longer one is cut.</summary>
    public const int MaxErrorChars = 300;

    /// <summary>The part of <see cref="Error"/> in front of the first colon; empty when there is none.</summary>
    public string Code => Error.IndexOf(':', StringComparison.Ordinal) is > 0 and var end ? Error[..end] : "";

    public static ProcessingFailure Of(ProcessingStep step, ConnectorFault fault, string error) =>
        new(step, fault, Clean(error));

    public static ProcessingFailure Of(ProcessingStep step, ConnectorFault fault, Exception error) =>
        Of(step, fault, ErrorText.Of(error));

    /// <summary>
    /// The error of an activity that has no result. An activity that ended the process failed while it ran; the result
    /// of any other could not be applied.
    /// </summary>
    public static ProcessingFailure OfActivity(string error) => Of(
        ActivityResult.IsOfEndedProcess(error) ? ProcessingStep.Execute : ProcessingStep.Apply,
        ConnectorFault.Refused, error);

    /// <summary>The text as every store can hold it: cut, and without U+0000 and halves of surrogate pairs.</summary>
    public static string Clean(string error)
    {
        var cut = error.Length <= MaxErrorChars ? error : error[..(MaxErrorChars - 1)] + "…";
        if (!cut.Contains('\0', StringComparison.Ordinal) && !Identifiers.HasLoneSurrogate(cut))
            return cut;

        var clean = new StringBuilder(cut.Length);
        foreach (var rune in cut.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}
