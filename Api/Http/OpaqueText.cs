using System.Buffers.Text;
using System.Text;

namespace Tributary.Api.Http;

/// <summary>Text that callers hand back as they got it: the Base64url (RFC 4648) of its UTF-8.</summary>
internal static class OpaqueText
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(string plain) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(plain));

    /// <summary>The text that <paramref name="opaque"/> was made of; null when it was made of none.</summary>
    public static string? Read(string opaque)
    {
        if (!Base64Url.IsValid(opaque))
            return null;
        try
        {
            return Strict.GetString(Base64Url.DecodeFromChars(opaque));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
