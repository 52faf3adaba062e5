package io.github.trinopolicy.crypto;

import static com.google.common.collect.Maps.toImmutableEnumMap;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.util.Objects.requireNonNull;

import com.google.common.primitives.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Reversible tokens for the values of one column: AES-256-CBC with PKCS #7 padding, then HMAC-SHA-256, under keys of the column.
///
/// ```
/// offset  bytes     content
///      0      1     version, 1
///      1      1     mode, the code of TokenMode
///      2     16     UUID of the data key, big-endian
///     18     16     IV
///     34   16 * k   ciphertext, k >= 1
///    end     16     the first half of HMAC-SHA-256 (MAC key)
/// ```
///
/// The tag covers version, mode, key id, the context with its length before it (4 bytes), IV and ciphertext. The context is the column's UUID.
/// An IV that is not random is the first half of HMAC-SHA-256 (IV key) over the mode, the context and the row key, each of both with its length
/// before it (4 bytes), and the value. Text tokens are the same bytes in Base64url of RFC 4648 without padding. An instance belongs to one thread.
public final class ReversibleToken {
    private static final byte VERSION = 1;
    private static final int MODE = 1;
    private static final int HEADER_LENGTH = 18;
    private static final int IV = HEADER_LENGTH;
    private static final int CIPHERTEXT = IV + Aes.BLOCK;
    private static final int TAG_LENGTH = 16;
    private static final int OVERHEAD = CIPHERTEXT + TAG_LENGTH;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);

    private final UUID keyId;
    private final TokenMode mode;
    private final byte[] header;
    private final CbcPkcs7 cipher;
    private final Map<TokenMode, HmacSha256> taggers;
    private final HmacSha256 tagger;
    private final HmacSha256 ivMaker;
    private final RandomBytes random = new RandomBytes();
    private final byte[] prefix = new byte[Integer.BYTES];
    private final byte[] code = new byte[HmacSha256.LENGTH];
    private final Base64UrlText buffers = new Base64UrlText();

    /// Does not keep the data key.
    ///
    /// @param mode of the tokens made here; those of all modes are read
    public ReversibleToken(DataKey dataKey, UUID keyId, UUID column, TokenMode mode) {
        this.keyId = requireNonNull(keyId, "keyId is null");
        this.mode = requireNonNull(mode, "mode is null");
        header = header(keyId, mode);
        byte[] context = ByteBuffer.allocate(Integer.BYTES + 16)
                .putInt(16)
                .putLong(column.getMostSignificantBits())
                .putLong(column.getLeastSignificantBits())
                .array();

        byte[] encryptionKey = dataKey.derive(Purpose.ENC, Optional.of(column));
        byte[] macKey = dataKey.derive(Purpose.MAC, Optional.of(column));
        byte[] ivKey = dataKey.derive(Purpose.IV, Optional.of(column));
        cipher = new CbcPkcs7(encryptionKey);
        taggers = Arrays.stream(TokenMode.values())
                .collect(toImmutableEnumMap(each -> each, each -> new HmacSha256(macKey, Bytes.concat(header(keyId, each), context))));
        tagger = requireNonNull(taggers.get(mode), "tagger is null");
        ivMaker = new HmacSha256(ivKey, Bytes.concat(new byte[]{mode.code()}, context));
        for (byte[] key : List.of(encryptionKey, macKey, ivKey)) {
            Arrays.fill(key, (byte) 0);
        }
    }

    /// The length of a binary token, in bytes.
    ///
    /// @param valueLength in bytes
    public static int binaryLength(int valueLength) {
        return Math.addExact(CbcPkcs7.ciphertextLength(valueLength), OVERHEAD);
    }

    /// The length of a text token, in characters, each of one byte.
    ///
    /// @param valueLength in bytes
    public static int textLength(int valueLength) {
        return Base64UrlText.length(binaryLength(valueLength));
    }

    /// @param rowKey of the value's row; read only in the mode [TokenMode#ROW_KEY]
    public byte[] encrypt(byte[] value, int offset, int length, byte[] rowKey, int rowKeyOffset, int rowKeyLength) {
        byte[] token = new byte[binaryLength(length)];
        write(token, value, offset, length, rowKey, rowKeyOffset, rowKeyLength);
        return token;
    }

    /// As [#encrypt], as text in ASCII.
    public byte[] encryptToText(byte[] value, int offset, int length, byte[] rowKey, int rowKeyOffset, int rowKeyLength) {
        byte[] token = buffers.buffer(binaryLength(length));
        write(token, value, offset, length, rowKey, rowKeyOffset, rowKeyLength);
        return Base64UrlText.encode(token);
    }

    private void write(byte[] token, byte[] value, int offset, int length, byte[] rowKey, int rowKeyOffset, int rowKeyLength) {
        System.arraycopy(header, 0, token, 0, HEADER_LENGTH);
        switch (mode) {
            case ROW_KEY -> writeIv(token, value, offset, length, rowKey, rowKeyOffset, rowKeyLength);
            case KEEP_EQUALITY -> writeIv(token, value, offset, length, rowKey, 0, 0);
            case RANDOM -> random.next(token, IV, Aes.BLOCK);
        }
        cipher.encrypt(value, offset, length, token, CIPHERTEXT);
        int end = CIPHERTEXT + CbcPkcs7.ciphertextLength(length);
        computeTag(tagger, token, end);
        System.arraycopy(code, 0, token, end, TAG_LENGTH);
    }

    private void writeIv(byte[] token, byte[] value, int offset, int length, byte[] rowKey, int rowKeyOffset, int rowKeyLength) {
        INT.set(prefix, 0, rowKeyLength);
        ivMaker.start();
        ivMaker.update(prefix, 0, prefix.length);
        ivMaker.update(rowKey, rowKeyOffset, rowKeyLength);
        ivMaker.update(value, offset, length);
        ivMaker.finish(code, 0);
        System.arraycopy(code, 0, token, IV, Aes.BLOCK);
    }

    /// Leaves the tag in the first bytes of `code`.
    ///
    /// @param end of the ciphertext
    private void computeTag(HmacSha256 tokenTagger, byte[] token, int end) {
        tokenTagger.compute(token, IV, end - IV, code, 0);
    }

    /// The data key that a token names. The token may still be a forgery.
    ///
    /// @throws InvalidTokenException if it cannot be a token
    public static UUID keyId(byte[] token) throws InvalidTokenException {
        if (token.length < OVERHEAD + Aes.BLOCK || token[0] != VERSION) {
            throw new InvalidTokenException();
        }
        ByteBuffer buffer = ByteBuffer.wrap(token, MODE + 1, 16);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /// The binary form of a text token.
    ///
    /// @throws InvalidTokenException if the text is not Base64url without padding, or not the one form of its bytes
    public static byte[] parse(byte[] text) throws InvalidTokenException {
        return Base64UrlText.decode(text);
    }

    /// Returns the value of a binary token. The tag is checked before anything is decrypted.
    ///
    /// @throws InvalidTokenException if it is not a token of this column under this key
    public byte[] decrypt(byte[] token) throws InvalidTokenException {
        HmacSha256 tokenTagger = taggerOf(token);
        int end = token.length - TAG_LENGTH;
        computeTag(tokenTagger, token, end);
        if (!MessageDigest.isEqual(Arrays.copyOf(code, TAG_LENGTH), Arrays.copyOfRange(token, end, token.length))) {
            throw new InvalidTokenException();
        }
        byte[] padded = new byte[end - CIPHERTEXT];
        int length = cipher.decrypt(token, CIPHERTEXT, padded.length, padded);
        if (length < 0) {
            throw new InvalidTokenException();
        }
        return Arrays.copyOf(padded, length);
    }

    /// The tagger starts with our header, not with the token's; they are equal if there is one.
    private HmacSha256 taggerOf(byte[] token) throws InvalidTokenException {
        if (!keyId(token).equals(keyId)) {
            throw new InvalidTokenException();
        }
        Optional<HmacSha256> found = TokenMode.of(token[MODE]).map(taggers::get);
        if (found.isEmpty()) {
            throw new InvalidTokenException();
        }
        return found.get();
    }

    private static byte[] header(UUID keyId, TokenMode mode) {
        return ByteBuffer.allocate(HEADER_LENGTH)
                .put(VERSION)
                .put(mode.code())
                .putLong(keyId.getMostSignificantBits())
                .putLong(keyId.getLeastSignificantBits())
                .array();
    }
}
